"""Words of a proposed workspace file, in the language of whoever will read it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from gis.problems import Language


@dataclass(frozen=True)
class Words:
    """Every sentence that ``proposal`` writes beside what it found."""

    head: tuple[str, ...]
    title: str
    plan_found: str
    plan_none: str
    units: str
    units_missing: str
    units_taken: str
    whole_shared: str
    whole_own: str
    whole_name: str
    one_unit: str
    no_year: str
    no_year_of_several: str
    year_assumed: str
    kind_taken: str
    unknown: str
    also: str
    side_by_side: str
    crs_likely: str
    crs_unknown: str
    by_alias: str
    legend_to_fill: str
    column_missing: str
    left_out: str


WORDS: Mapping[Language, Words] = {
    "zh": Words(
        head=(
            "# 由 sinkatlas new --from 生成：每一项猜测的依据写在行尾的注释里，请逐项核对。",
            "# 以“# ”开头的设置没有启用，须由人选定后去掉“# ”。",
            "# 检查：sinkatlas check 本文件；计算：sinkatlas run 本文件 --out 结果文件夹",
        ),
        title="{place}生态指标与碳汇评估",
        plan_found="内置规划，按行政区划代码选定",
        plan_none="没有这座城市的内置规划；可用 sinkatlas plans new plan.toml --from 规划文本 起草",
        units="报告单元（区县）",
        units_missing="没有找到区县界，请填写路径、代码列和名称列",
        units_taken="像是区县界，但已选用另一个文件",
        whole_shared="各单元代码共有的上级代码",
        whole_own="单元代码没有共同的上级，全域另起代码",
        whole_name="全域",
        one_unit="只有一个单元，全域与它相同。",
        no_year="文件名中没有年份，请改为数据所示年份",
        no_year_of_several="下面的图层没有年份，请移到所属年份之下并去掉“# ”：",
        year_assumed="文件名中没有年份，按 {year} 年使用，请核对",
        kind_taken="{year} 年已有同类图层，且覆盖同一地块",
        unknown="看不出是哪类图层",
        also="也可能是：{kinds}",
        side_by_side="几个文件相邻，合为一个图层",
        crs_likely="文件没有坐标系，按坐标数值可能是此系，请核对后去掉“# ”",
        crs_unknown="文件没有坐标系，请填写后去掉“# ”",
        by_alias="列名与常用名不同",
        legend_to_fill="编码已列出，请填写每类对应的 ecosystem_type",
        column_missing="缺少必填的“{title}”列，请从这些列中指定：{columns}",
        left_out="没有采用的文件：",
    ),
    "en": Words(
        head=(
            "# Written by sinkatlas new --from: each guess has its reason behind it.",
            '# A setting behind "# " is not used: a person has to choose it and take off the "# ".',
            "# Check: sinkatlas check THIS_FILE; run: sinkatlas run THIS_FILE --out RESULT_FOLDER",
        ),
        title="Forest, wetland and sink account of {place}",
        plan_found="chosen by administrative code",
        plan_none="none of this place ships; draft one: sinkatlas plans new plan.toml --from TEXT",
        units="reporting units (districts)",
        units_missing="no districts were found: give path, code column and name column",
        units_taken="looks like districts, but another file was taken",
        whole_shared="what the codes of all units share",
        whole_own="the codes of the units share no prefecture, so the whole has a code of its own",
        whole_name="Whole area",
        one_unit="There is only one unit: the whole is the same ground.",
        no_year="no file name has a year: write the year that the data show",
        no_year_of_several='This layer shows no year: move it under its own and take off "# ":',
        year_assumed="no year in the name: taken for {year}, please check",
        kind_taken="{year} has another layer of this kind on the same ground",
        unknown="no kind of layer was recognised",
        also="may also be: {kinds}",
        side_by_side="these files lie side by side and are one layer",
        crs_likely='no coordinate system in the file; its figures fit this: check, take off "# "',
        crs_unknown='the file has no coordinate system: fill in, take off "# "',
        by_alias="columns with other names than usual",
        legend_to_fill="its codes are listed: fill in the ecosystem_type of each",
        column_missing="The required column for {title} is absent; name one of: {columns}",
        left_out="Files that were not taken:",
    ),
}
