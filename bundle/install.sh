#!/bin/sh
# Installs SinkAtlas for the current user, without network and without root.
#   ./install.sh [FOLDER]      the folder is asked for when it is not given
set -eu
unset PYTHONPATH PYTHONHOME
here=$(cd "$(dirname "$0")" && pwd)
say() { printf '%s\n' "$*"; }
stop() { printf '%s\n' "$*" >&2; exit 1; }

target=${1:-}
if [ -z "$target" ]; then
  target="$HOME/SinkAtlas"
  if [ -t 0 ]; then
    printf 'Folder to install into [%s]: ' "$target"
    read -r answer
    [ -z "$answer" ] || target=$answer
  fi
fi
case "$target" in /*) ;; *) target="$PWD/$target" ;; esac
if [ -e "$target" ] && [ ! -f "$target/.sinkatlas-install" ] && [ -n "$(ls -A "$target" 2>/dev/null)" ]; then
  stop "$target holds other files. Name an empty or new folder."
fi

glibc=$(getconf GNU_LIBC_VERSION 2>/dev/null | cut -d' ' -f2 || true)
if [ -n "$glibc" ] && [ "$(printf '%s\n2.28\n' "$glibc" | sort -V | head -n1)" != "2.28" ]; then
  stop "This system has glibc $glibc; 2.28 or later is needed."
fi

python=""
if [ -d "$here/runtime" ]; then
  mkdir -p "$target/runtime"
  tar -xf "$here"/runtime/*.tar.* -C "$target/runtime"
  python=$(find "$target/runtime" -path '*/bin/python@PYTHON@' | head -n1)
else
  for candidate in python@PYTHON@ python3 python; do
    found=$(command -v "$candidate" 2>/dev/null) || continue
    if "$found" -c 'import sys; sys.exit("%d.%d" % sys.version_info[:2] != "@PYTHON@")' 2>/dev/null; then
      python=$found
      break
    fi
  done
fi
[ -n "$python" ] || stop "Python @PYTHON@ was not found. Install it first, or take a bundle that brings it."

say "Checking the files of the bundle"
"$python" "$here/verify.py" || stop "The bundle is damaged: copy it again."

say "Installing into $target"
mkdir -p "$target"
: > "$target/.sinkatlas-install"
rm -rf "$target/environment"
"$python" -m venv "$target/environment" || stop "This Python cannot make environments (Debian, UOS: package python@PYTHON@-venv)."
"$target/environment/bin/python" -m pip install --quiet --disable-pip-version-check --no-index \
  --find-links "$here/wheels" --require-hashes --requirement "$here/lock.txt"
mkdir -p "$target/docs"
cp -R "$here/docs/." "$target/docs/"

cat > "$target/sinkatlas" <<END
#!/bin/sh
unset PYTHONPATH PYTHONHOME  # other programs of this machine set them for themselves
exec "$target/environment/bin/sinkatlas" "\$@"
END
cat > "$target/workbench" <<END
#!/bin/sh
unset PYTHONPATH PYTHONHOME
cd "\$HOME" && exec "$target/environment/bin/sinkatlas" workbench "\$@"
END
applications=${XDG_DATA_HOME:-$HOME/.local/share}/applications
mkdir -p "$applications"
cat > "$applications/sinkatlas.desktop" <<END
[Desktop Entry]
Type=Application
Name=SinkAtlas
Comment=Forest, wetland and sink accounts by district
Exec="$target/workbench"
Terminal=true
Categories=Science;Geography;
END
cat > "$target/uninstall.sh" <<END
#!/bin/sh
# Removes what the installer made; files of your own in this folder stay.
rm -rf "$target/environment" "$target/runtime" "$target/docs"
rm -f "$target/sinkatlas" "$target/workbench" "$target/.sinkatlas-install" "$applications/sinkatlas.desktop"
rm -f "$target/uninstall.sh"
rmdir "$target" 2>/dev/null || true
END
chmod +x "$target/sinkatlas" "$target/workbench" "$target/uninstall.sh"
"$target/sinkatlas" doctor || true
say "Installed. Open SinkAtlas from the menu, or run: $target/workbench"
