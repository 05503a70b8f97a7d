"""The command line. Heavy libraries load inside the commands, so that ``--help`` is quick."""

from __future__ import annotations

import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from sinkatlas.commands import say

if TYPE_CHECKING:
    from gis.problems import Language

LanguageOption = Annotated[
    Literal["zh", "en"] | None, typer.Option("--lang", help="Language of messages and outputs.")
]
WorkspaceArgument = Annotated[Path, typer.Argument(help="Workspace file, or the folder of one.")]
FormOption = Annotated[
    Literal["text", "jsonl"],
    typer.Option("--progress", help="Text for people, or one JSON object a line for a program."),
]

app = typer.Typer(
    name="sinkatlas",
    help="Forest, wetland, mangrove and carbon-sink accounts by district, tested against a plan.",
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)
plans_app = typer.Typer(help="The plans that ship, and plan files of your own.")
factors_app = typer.Typer(help="The carbon coefficients, with range, source and verification.")
app.add_typer(plans_app, name="plans", no_args_is_help=True)
invest_app = typer.Typer(help="InVEST's inputs: pool maps and totals, and the blue-carbon balance.")
app.add_typer(factors_app, name="factors", no_args_is_help=True)
app.add_typer(invest_app, name="invest", no_args_is_help=True)

FIRST_STEPS: dict[Language, str] = {
    "zh": """SinkAtlas {version}：按区县核算森林、湿地、红树林与碳汇，并对照规划目标。

不用命令行（在浏览器中打开，只在本机）：
  sinkatlas workbench
先看示例（约半分钟，数据为合成）：
  sinkatlas demo guangzhou --out 示例
用自己的数据：
  sinkatlas new --from 数据文件夹    识别各图层，写出工作区文件 workspace.toml
  sinkatlas check workspace.toml   读入全部图层，列出问题和处理办法
  sinkatlas run workspace.toml     计算并写出地图、表格和报告
检查本机字体与浏览器：sinkatlas doctor；全部命令：sinkatlas --help""",
    "en": """SinkAtlas {version}: forest, wetland, mangrove and carbon-sink accounts by district.

Without a command line (a page in your browser, on this machine alone):
  sinkatlas workbench
See an example first (half a minute, synthetic data):
  sinkatlas demo guangzhou --out example
With your own data:
  sinkatlas new --from FOLDER      recognise its layers, write workspace.toml
  sinkatlas check workspace.toml   read every layer, list what is wrong and how to mend it
  sinkatlas run workspace.toml     compute, and write map, tables and reports
Fonts and browser of this machine: sinkatlas doctor; all commands: sinkatlas --help""",
}


def main() -> None:
    """Entry point: output is UTF-8 wherever it goes, and a request to end is a cancel."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")
    # Ended by another program, a command cleans up as it does after Ctrl+C. SIGBREAK is what
    # Windows delivers of such a request to a process group.
    for name in ("SIGTERM", "SIGHUP", "SIGBREAK"):
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), signal.default_int_handler)
    app()


@app.callback(invoke_without_command=True)
def first_steps(
    context: typer.Context,
    version: Annotated[bool, typer.Option("--version", help="Show the version and end.")] = False,
) -> None:
    """Forest, wetland, mangrove and carbon-sink accounts by district, tested against a plan."""
    from sinkatlas import __version__

    if version:
        say(f"sinkatlas {__version__}")
        raise typer.Exit()
    if context.invoked_subcommand is None:
        say(FIRST_STEPS[_language(None)].format(version=__version__))


def _language(asked: Literal["zh", "en"] | None) -> Language:
    from gis.problems import preferred_language

    return asked or preferred_language()


@contextmanager
def _reported(language: Language) -> Iterator[None]:
    """Print errors in the user's language and leave with status 1."""
    from sinkatlas.commands import front

    with front("text", language):
        yield


@contextmanager
def _listed(workspace: Path, out: Path) -> Iterator[None]:
    """Add what happens inside to the user's list of runs, however it ends."""
    from gis.problems import SinkAtlasError
    from sinkatlas.publish import append_run

    try:
        yield
    except SinkAtlasError:
        append_run(workspace, out, "failed")
        raise
    except KeyboardInterrupt:
        append_run(workspace, out, "cancelled")
        raise
    append_run(workspace, out, "done")


@app.command()
def demo(
    city: Annotated[str, typer.Argument(help="City of the demo; see --all.")] = "guangzhou",
    every: Annotated[bool, typer.Option("--all", help="Run all five cities.")] = False,
    out: Annotated[Path, typer.Option(help="Folder for data and results.")] = Path("out"),
    large: Annotated[
        bool, typer.Option("--large", help="10 m cells, 100,000 stands; takes minutes.")
    ] = False,
    form: FormOption = "text",
    lang: LanguageOption = None,
) -> None:
    """Make synthetic data for a city and run the main job on it: data, map, tables, sheet."""
    from sinkatlas.commands import front

    language = _language(lang)
    with front(form, language) as told:
        from sinkatlas.demo import CITIES, write_demo
        from sinkatlas.pipeline import run, run_record, summary_lines
        from sinkatlas.publish import claimed

        chosen = CITIES if every else (city,)
        for name in chosen:
            folder = out / name if every else out
            with claimed(folder / "result"):
                pass  # what would refuse the results is told before the data are made
            workspace = write_demo(name, folder / "data", large=large)
            with _listed(workspace, folder / "result"):
                done = run(workspace, folder / "result", language=lang, progress=told.progress)
            record = run_record(done.report, done.folder)
            told.result(record, summary_lines(record, language))


@app.command()
def new(
    path: Annotated[Path, typer.Argument(help="Workspace file to write.")] = Path("workspace.toml"),
    source: Annotated[
        Path | None, typer.Option("--from", help="Folder of data files to propose layers from.")
    ] = None,
    lang: LanguageOption = None,
) -> None:
    """Write a workspace file: a commented one to fill in, or one proposed from a folder of data."""
    language = _language(lang)
    with _reported(language):
        from sinkatlas.workspace import choices, propose, write_proposal, write_template

        if source is None:
            say(str(write_template(path, language)))
            return
        proposal = propose(source, language)
        file, *legends = write_proposal(proposal, path, language)
        for each in (file, *legends):
            say(str(each))
        years = ", ".join(map(str, proposal.epochs))
        layers = sum(map(len, proposal.epochs.values()))
        say(
            f"  年份 {years}，图层 {layers} 个；须由人选定 {choices(proposal)} 处。\n"
            f"  下一步：sinkatlas check {file}"
            if language == "zh"
            else f"  Years: {years}; layers: {layers}; to be chosen by a person: "
            f"{choices(proposal)}.\n  Next: sinkatlas check {file}"
        )


@app.command()
def look(
    paths: Annotated[list[Path], typer.Argument(help="Data files, or folders of them.")],
    form: Annotated[
        Literal["text", "json"],
        typer.Option("--format", help="Lines for people, or one JSON object a line and layer."),
    ] = "text",
    lang: LanguageOption = None,
) -> None:
    """Tell what files seem to be: kind, columns, units, legend, year, each with the evidence."""
    language = _language(lang)
    with _reported(language):
        import json

        from sinkatlas.commands import look_record, look_text, looked

        for found in looked(paths):
            if form == "json":
                say(json.dumps(look_record(found), ensure_ascii=False, allow_nan=False))
            else:
                for line in look_text(found, language):
                    say(line)
            sys.stdout.flush()


@app.command()
def schema() -> None:
    """Print the JSON Schema of the workspace file."""
    import json

    from sinkatlas.workspace import workspace_schema

    say(json.dumps(workspace_schema(), ensure_ascii=False, indent=2))


StrictOption = Annotated[
    bool,
    typer.Option("--strict", help="Official mode: doubts that can change a figure are errors."),
]


@app.command()
def check(
    workspace: WorkspaceArgument,
    out: Annotated[Path | None, typer.Option(help="Folder for check.json and check.html.")] = None,
    strict: StrictOption = False,
    repair: Annotated[
        Path | None, typer.Option(help="Folder for mended copies and the list of changes.")
    ] = None,
    confirm: Annotated[
        bool, typer.Option("--confirm", help="Keep columns, units and code lists as found.")
    ] = False,
    form: FormOption = "text",
    lang: LanguageOption = None,
) -> None:
    """Read every layer, close the account without a result; list faults and offer repairs."""
    from sinkatlas.commands import front, problem_line

    language = _language(lang)
    with front(form, language) as told:
        from sinkatlas.checking import (
            as_record,
            check_workspace,
            concerned_line,
            confirm as keep_as_found,
            look_lines,
            repair_workspace,
            write_check,
        )

        found = check_workspace(workspace, strict=strict, progress=told.progress)
        for line in look_lines(found, language):
            told.line(line)
        for each in found.problems:
            told.line(problem_line(each, language))
            if concerned := concerned_line(each, language):
                told.line(f"  {concerned}")
        if out is not None:
            for file in write_check(found, out, language):
                told.line(str(file))
        if repair is not None:
            repairs = repair_workspace(workspace, repair)
            told.line(str(repairs.file))
            for change in repairs.changes:
                told.line(
                    f"{change.layer} {change.row}: {change.action}, "
                    f"{change.before_ha:.4f} → {change.after_ha:.4f} ha"
                )
        if confirm:
            told.line(str(keep_as_found(found, workspace)))
        usable = {
            "zh": f"{len(found.layers)} 个图层可用，台账闭合。",
            "en": f"{len(found.layers)} layers are usable; the account closes.",
        }
        told.result(as_record(found), () if found.errors else (usable[language],))
        if found.errors:
            raise typer.Exit(1)


@app.command()
def run(
    workspace: WorkspaceArgument,
    out: Annotated[Path, typer.Option(help="Result folder.")] = Path("out"),
    sheets: Annotated[
        Literal["main", "all"] | None,
        typer.Option(help="One sheet, or one per indicator and the atlas over districts."),
    ] = None,
    strict: StrictOption = False,
    form: FormOption = "text",
    lang: LanguageOption = None,
    workers: Annotated[
        int, typer.Option(min=0, help="Processes that count rasters; 0 counts in threads.")
    ] = 0,
    cluster: Annotated[
        str | None, typer.Option(help="Address of a dask scheduler whose workers count rasters.")
    ] = None,
    memory: Annotated[
        int, typer.Option(min=64, help="Memory for counting rasters, MiB per process.")
    ] = 1024,
    resume: Annotated[
        Path | None,
        typer.Option(help="Folder for finished parts: an interrupted run goes on from there."),
    ] = None,
    only: Annotated[
        Literal["tables"] | None,
        typer.Option(help="Write the CSV tables and the run record, no map, plates or reports."),
    ] = None,
    again: Annotated[
        bool, typer.Option("--again", help="Compute even where the result folder is up to date.")
    ] = False,
) -> None:
    """Run the main job: read the layers, close the account, judge the plan, write the results.

    Where the result folder holds what this run would write, it is told and left as it is.
    """
    from sinkatlas.commands import front

    language = _language(lang)
    with front(form, language) as told:
        from sinkatlas.pipeline import (
            Asked,
            run_record,
            standing_record,
            standing_summary,
            summary_lines,
        )
        from sinkatlas.workspace import load_workspace

        asked = Asked(lang, sheets, strict, only)
        with _listed(workspace, out):
            space = load_workspace(workspace)
            if not again and (standing := standing_record(space, out, asked)):
                for each in standing["problems"]:
                    told.recorded(each)
                record = standing_summary(standing, out)
                told.result(record, summary_lines(record, language))
                return

            from gis.executors import Engine
            from sinkatlas.pipeline import run as run_pipeline

            done = run_pipeline(
                space,
                out,
                language=lang,
                sheets=sheets,
                strict=strict,
                only=only,
                engine=Engine(workers=workers, cluster=cluster, memory_mib=memory, partials=resume),
                progress=told.progress,
            )
        for found in done.report.problems:
            told.problem(found)
        record = run_record(done.report, done.folder)
        told.result(record, summary_lines(record, language))


@app.command()
def landtake(
    workspace: WorkspaceArgument,
    footprint: Annotated[Path, typer.Option(help="Outlines of the projects, any vector file.")],
    planting: Annotated[
        Path | None, typer.Option(help="Outlines where compensation could be planted.")
    ] = None,
    out: Annotated[Path, typer.Option(help="Folder for tables and sheets.")] = Path("out/landtake"),
    form: FormOption = "text",
    lang: LanguageOption = None,
) -> None:
    """Tell what projects cost in carbon, what closes the way, and what would make up for it."""
    from sinkatlas.commands import front

    language = _language(lang)
    with front(form, language) as told:
        from sinkatlas.land_take import land_take, take_lines, write_land_take

        found = land_take(workspace, footprint, planting=planting)
        for each in found.problems:
            told.problem(each)
        page = write_land_take(found, out, language)
        told.result({"page": str(page)}, [*take_lines(found, language), str(page)])


@app.command()
def compare(
    first: Annotated[Path, typer.Argument(help="Workspace file before.")],
    second: Annotated[Path, typer.Argument(help="Workspace file after.")],
    out: Annotated[Path, typer.Option(help="Folder for table and page.")] = Path("out/compare"),
    form: FormOption = "text",
    lang: LanguageOption = None,
) -> None:
    """Explain every changed figure by data, coefficients, boundaries and method."""
    from sinkatlas.commands import front

    language = _language(lang)
    with front(form, language) as told:
        from sinkatlas.comparing import compare as compare_workspaces, write_comparison

        found = compare_workspaces(first, second, progress=told.progress)
        for each in found.notes:
            told.problem(each)
        page = write_comparison(found, out, language)
        changed = ", ".join(found.changed) or "–"
        told.result({"changed": list(found.changed), "page": str(page)}, [changed, str(page)])


@app.command("pack")
def pack_results(
    result: Annotated[Path, typer.Argument(help="Result folder of a run.")],
    out: Annotated[Path, typer.Option(help="Zip file to write.")] = Path("evidence.zip"),
    public: Annotated[bool, typer.Option("--public", help="Leave out single features.")] = False,
    form: FormOption = "text",
    lang: LanguageOption = None,
) -> None:
    """Pack the tables of a run with what they rest on and their SHA-256 sums."""
    from sinkatlas.commands import front

    with front(form, _language(lang)) as told:
        from sinkatlas.evidence import pack

        file = pack(result, out, public=public)
        told.result({"pack": str(file)}, [str(file)])


@app.command("verify")
def verify_pack(
    file: Annotated[Path, typer.Argument(help="Evidence pack.")],
    workspace: Annotated[
        Path | None, typer.Option(help="Workspace to compute again; without it sums only.")
    ] = None,
    form: FormOption = "text",
    lang: LanguageOption = None,
) -> None:
    """Check sums and identities of a pack, and with a workspace its inputs and figures."""
    from sinkatlas.commands import front

    language = _language(lang)
    with front(form, language) as told:
        from sinkatlas.evidence import verify

        found = verify(file, workspace)
        for _, each in found.failures:
            told.problem(each)
        failed = list(dict.fromkeys(step for step, _ in found.failures))
        steps: dict[Language, str] = {
            "zh": f"已核验：{'、'.join(found.steps)}；未通过：{'、'.join(failed) or '无'}",
            "en": f"checked: {', '.join(found.steps)}; failed: {', '.join(failed) or 'none'}",
        }
        told.result({"ok": found.is_ok, "failed": failed}, [steps[language]])
        if not found.is_ok:
            raise typer.Exit(1)


@app.command()
def workbench(
    start: Annotated[Path, typer.Argument(help="Folder that the page opens with.")] = Path(),
    browser: Annotated[bool, typer.Option(help="Open the page in the system's browser.")] = True,
    lang: LanguageOption = None,
) -> None:
    """Open a page on this machine that does all of this without a command line."""
    language = _language(lang)
    with _reported(language):
        from sinkatlas.workbench import serve

        told = {
            "zh": "工作台只在本机打开，链接只能用一次：\n  {link}\n"
            "没有自动打开时，请把链接复制到 Chrome、Edge（90 版以上）或 Firefox（91 版以上）。"
            "按 Ctrl+C 结束。",
            "en": "The workbench is open on this machine alone; the link works once:\n  {link}\n"
            "If no page opened, copy the link into Chrome, Edge (90 or later) or Firefox (91 or "
            "later). Ctrl+C ends it.",
        }

        def announce(link: str) -> None:
            typer.echo(told[language].format(link=link))
            sys.stdout.flush()

        try:
            serve(start, language=language, is_opened=browser, announce=announce)
        except KeyboardInterrupt:
            raise typer.Exit() from None


@app.command()
def doctor(lang: LanguageOption = None) -> None:
    """Tell what this machine has: fonts, browser, library versions."""
    with _reported(_language(lang)):
        from sinkatlas.commands import examine

        findings = examine(_language(lang))
        for finding in findings:
            say(finding.text)
        if not all(finding.is_well for finding in findings):
            raise typer.Exit(1)


@plans_app.command("list")
def plans_list(lang: LanguageOption = None) -> None:
    """List the plans that ship."""
    from plans.reader import bundled_plans

    language = _language(lang)
    for plan in bundled_plans():
        say(f"{plan.id}\t{plan.adcode}\t{len(plan.targets)}\t{plan.title[language]}")


@plans_app.command("show")
def plans_show(
    plan: Annotated[str, typer.Argument(help="Id of a bundled plan, or a plan file.")],
    lang: LanguageOption = None,
) -> None:
    """Show a plan's targets with clause and quote."""
    language = _language(lang)
    with _reported(language):
        from sinkatlas.commands import plan_lines

        for line in plan_lines(plan, language):
            say(line)


@plans_app.command("check")
def plans_check(
    plan: Annotated[str, typer.Argument(help="A plan file, or the id of a bundled plan.")],
    lang: LanguageOption = None,
) -> None:
    """Check a plan file: every mistake and doubt with its line and how to mend it."""
    from sinkatlas.commands import language_of_plan, plan_check

    language = lang or language_of_plan(plan)
    with _reported(language):
        from gis.problems import ProblemLog
        from sinkatlas.commands import problem_line

        log = ProblemLog()
        try:
            summary = plan_check(plan, language, log)
        finally:
            for each in log.notices:
                say(problem_line(each, language), err=True)
        say(summary)


@plans_app.command("extract")
def plans_extract(
    file: Annotated[Path, typer.Argument(help="Text of a plan: txt, docx, pdf, html or xlsx.")],
    form: Annotated[
        Literal["json", "toml"], typer.Option("--format", help="Readings, or a draft plan file.")
    ] = "json",
    lang: LanguageOption = None,
) -> None:
    """Read the targets in a plan's text, each with its quote and where that stands."""
    language = _language(lang)
    with _reported(language):
        from gis.problems import ProblemLog
        from plans.extract import draft_text, readings_json
        from sinkatlas.commands import problem_line

        log = ProblemLog()
        text = readings_json(file, log) if form == "json" else draft_text(file, language)
        say(text, nl=False)
        for each in log.notices:
            say(problem_line(each, language), err=True)


@plans_app.command("new")
def plans_new(
    path: Annotated[Path, typer.Argument(help="Plan file to write.")] = Path("plan.toml"),
    source: Annotated[
        Path | None, typer.Option("--from", help="Text of a plan to read targets from.")
    ] = None,
    lang: LanguageOption = None,
) -> None:
    """Write a plan file: a commented one to fill in, or a draft from a plan's text to confirm."""
    language = _language(lang)
    with _reported(language):
        if source is None:
            from sinkatlas.workspace import write_template

            say(str(write_template(path, language, "plan")))
        else:
            from plans.extract import write_draft

            say(str(write_draft(source, path, language)))


@factors_app.command("list")
def factors_list(
    contains: Annotated[str, typer.Argument(help="Only keys that contain this text.")] = "",
    lang: LanguageOption = None,
) -> None:
    """List coefficients: key, value, unit, range, whether they drive a default, made for what."""
    language = _language(lang)
    with _reported(language):
        from sinkatlas.commands import factor_lines

        for line in factor_lines(contains, language):
            say(line)


@factors_app.command("show")
def factors_show(
    key: Annotated[str, typer.Argument(help="Key of a coefficient.")], lang: LanguageOption = None
) -> None:
    """Show one coefficient with its source and verification."""
    with _reported(_language(lang)):
        from sinkatlas.commands import factor_card

        for line in factor_card(key):
            say(line)


@factors_app.command("export")
def factors_export(
    path: Annotated[Path, typer.Argument(help="CSV file to write.")] = Path("factors.csv"),
    lang: LanguageOption = None,
) -> None:
    """Write all coefficients as CSV: a start for an own file, see [carbon] coefficients."""
    with _reported(_language(lang)):
        from sinkatlas.commands import export_factors

        say(f"{export_factors(path)}\t{path}")


@factors_app.command("template")
def factors_template(
    method_set: Annotated[str, typer.Argument(help="Method set, see method_sets.csv of a run.")],
    path: Annotated[Path, typer.Argument(help="CSV file to write.")] = Path("template.csv"),
    lang: LanguageOption = None,
) -> None:
    """Write the numbers that a method set lacks here, to be filled in from its document."""
    with _reported(_language(lang)):
        from sinkatlas.commands import write_gap_template

        say(f"{write_gap_template(method_set, path)}\t{path}")


@factors_app.command("compare")
def factors_compare(
    first: Annotated[str, typer.Argument(help="Method set, CSV of rules, or sinkatlas for ours.")],
    second: Annotated[str, typer.Argument(help="The set beside it, such as ipcc_2006_2019.")],
    region: Annotated[str, typer.Option(help="Administrative code, such as 440100.")] = "",
    stock: Annotated[
        float, typer.Option(min=1, max=2000, help="Growing stock of stands, m3/ha.")
    ] = 60.0,
    path: Annotated[Path, typer.Option(help="CSV file to write.")] = Path("compared.csv"),
    accept: Annotated[
        list[str] | None, typer.Option(help="Unchecked coefficient to take on; may repeat.")
    ] = None,
    lang: LanguageOption = None,
) -> None:
    """Write what two method sets take for a hectare of every type and pool, side by side."""
    with _reported(_language(lang)):
        from sinkatlas.commands import compare_method_sets

        accepted = frozenset(accept or ())
        rows = compare_method_sets(
            first, second, region=region, accepted=accepted, stock_m3_ha=stock, path=path
        )
        say(f"{rows}\t{path}")


@factors_app.command("documents")
def factors_documents(lang: LanguageOption = None) -> None:
    """List documents that a reviewer expects: what of each was seen, what it is used for."""
    language = _language(lang)
    with _reported(language):
        from sinkatlas.commands import document_lines

        for line in document_lines(language):
            say(line)


@factors_app.command("explain")
def factors_explain(
    ecosystem_type: Annotated[str, typer.Argument(help="Ecosystem type, such as mangrove.")],
    region: Annotated[str, typer.Option(help="Administrative code, such as 440100.")] = "",
    species_group: Annotated[str, typer.Option(help="Species group of a stand.")] = "",
    forest_class: Annotated[str, typer.Option(help="Class of the forest survey.")] = "",
    age_group: Annotated[str, typer.Option(help="Age class of a stand, such as young.")] = "",
    accept: Annotated[
        list[str] | None, typer.Option(help="Unchecked coefficient to take on; may repeat.")
    ] = None,
    lang: LanguageOption = None,
) -> None:
    """Tell for a stratum which rules apply, which is chosen, and why not the others."""
    language = _language(lang)
    with _reported(language):
        from sinkatlas.commands import rule_lines

        for line in rule_lines(
            ecosystem_type,
            region=region,
            species_group=species_group,
            forest_class=forest_class,
            age_group=age_group,
            accepted=frozenset(accept or ()),
            language=language,
        ):
            say(line)


OutFolder = Annotated[Path, typer.Option(help="Folder for maps and tables.")]


@invest_app.command("carbon")
def invest_carbon(
    pools: Annotated[Path, typer.Argument(help="Carbon-pools CSV, t C/ha by lucode.")],
    land_cover: Annotated[Path, typer.Argument(help="Land-cover raster with those codes.")],
    after: Annotated[
        Path | None, typer.Option(help="Land cover of a later or other state, on the same grid.")
    ] = None,
    out: OutFolder = Path("out/invest_carbon"),
    lang: LanguageOption = None,
) -> None:
    """Pool maps and totals of a carbon-pools table, and the change between two states."""
    with _reported(_language(lang)):
        from sinkatlas.invest import run_carbon

        found = run_carbon(pools, land_cover, out, after=after)
        for row in found.itertuples(index=False):
            shown = f"{row.value:.6g}".replace("nan", "–")
            say(f"{row.state}\t{row.pool}\t{shown}\t{row.unit}")
        say(str(out))


@invest_app.command("blue-carbon")
def invest_blue_carbon(
    biophysical: Annotated[Path, typer.Argument(help="Biophysical table CSV.")],
    transitions: Annotated[Path, typer.Argument(help="Landcover transitions CSV.")],
    snapshots: Annotated[Path, typer.Argument(help="CSV with snapshot_year and raster_path.")],
    end_year: Annotated[int, typer.Option(help="Year until which the balance runs.")],
    out: OutFolder = Path("out/blue_carbon"),
    lang: LanguageOption = None,
) -> None:
    """The yearly blue-carbon balance of a map of land-cover snapshots, closed pool by pool."""
    with _reported(_language(lang)):
        from sinkatlas.commands import problem_line
        from sinkatlas.invest import run_blue_carbon

        found = run_blue_carbon(biophysical, transitions, snapshots, out, end_year=end_year)
        for each in found.problems:
            say(problem_line(each, _language(lang)), err=True)
        last = found.table[found.table["year"] == end_year]
        for row in last.itertuples(index=False):
            say(f"{row.year}\t{row.pool}\t{row.stock_t_c:.6g}\tt C")
        say(str(out))
