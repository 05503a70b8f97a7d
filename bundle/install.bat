@echo off
rem Installs SinkAtlas for the current user, without network and without administrator.
setlocal EnableExtensions DisableDelayedExpansion
set "PYTHONPATH="
set "PYTHONHOME="
set "HERE=%~dp0"
set "TARGET=%~1"
if not "%TARGET%"=="" goto haveTarget
set "TARGET=%LOCALAPPDATA%\SinkAtlas"
set /p "TARGET=Folder to install into [%TARGET%]: "
:haveTarget
if exist "%TARGET%\.sinkatlas-install" goto targetOurs
dir /b /a "%TARGET%" 2>nul | findstr "^" >nul && goto targetOthers
:targetOurs
if not exist "%HERE%runtime" goto systemPython
if not exist "%TARGET%\runtime" mkdir "%TARGET%\runtime"
for %%A in ("%HERE%runtime\*") do tar -xf "%%A" -C "%TARGET%\runtime"
set "PYTHON="
for /r "%TARGET%\runtime" %%P in (python.exe) do if exist "%%P" if not defined PYTHON set "PYTHON=%%P"
if not defined PYTHON goto noPython
goto havePython
:systemPython
set "PYTHON="
for /f "delims=" %%P in ('py -@PYTHON@ -c "import sys; print(sys.executable)" 2^>nul') do set "PYTHON=%%P"
if not defined PYTHON goto noPython
:havePython
echo Checking the files of the bundle
"%PYTHON%" "%HERE%verify.py" || goto damaged
echo Installing into "%TARGET%"
if not exist "%TARGET%" mkdir "%TARGET%" || goto failed
type nul > "%TARGET%\.sinkatlas-install"
if exist "%TARGET%\environment" rmdir /s /q "%TARGET%\environment"
"%PYTHON%" -m venv "%TARGET%\environment" || goto failed
"%TARGET%\environment\Scripts\python.exe" -m pip install --quiet --disable-pip-version-check --no-index --find-links "%HERE%wheels" --require-hashes --requirement "%HERE%lock.txt" || goto failed
xcopy /e /i /q /y "%HERE%docs" "%TARGET%\docs" >nul
>"%TARGET%\workbench.bat" echo @set "PYTHONPATH="
>>"%TARGET%\workbench.bat" echo @set "PYTHONHOME="
>>"%TARGET%\workbench.bat" echo @"%%~dp0environment\Scripts\sinkatlas.exe" workbench "%%USERPROFILE%%"
>"%TARGET%\uninstall.bat" echo @echo off
>>"%TARGET%\uninstall.bat" echo rem Removes what the installer made; files of your own in this folder stay.
>>"%TARGET%\uninstall.bat" echo rmdir /s /q "%%~dp0environment" "%%~dp0runtime" "%%~dp0docs" 2^>nul
>>"%TARGET%\uninstall.bat" echo del /q "%%~dp0workbench.bat" "%%~dp0.sinkatlas-install" "%%APPDATA%%\Microsoft\Windows\Start Menu\Programs\SinkAtlas.lnk"
>>"%TARGET%\uninstall.bat" echo (goto) 2^>nul ^& del "%%~f0"
set "LINK=%APPDATA%\Microsoft\Windows\Start Menu\Programs\SinkAtlas.lnk"
powershell -NoProfile -Command "$l=(New-Object -ComObject WScript.Shell).CreateShortcut($env:LINK); $l.TargetPath=$env:TARGET+'\workbench.bat'; $l.Save()"
"%TARGET%\environment\Scripts\sinkatlas.exe" doctor
echo Installed. Open SinkAtlas from the start menu, or run "%TARGET%\workbench.bat"
exit /b 0
:targetOthers
echo "%TARGET%" holds other files. Name an empty or new folder.
exit /b 1
:noPython
echo Python @PYTHON@ was not found. Install it first, or take a bundle that brings it.
exit /b 1
:damaged
echo The bundle is damaged: copy it again.
exit /b 1
:failed
echo The installation failed; the lines above say why.
exit /b 1
