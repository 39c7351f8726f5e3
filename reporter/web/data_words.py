"""Words that are data but have a translation: what the ladders call their leaders."""

from reporter.domain.errors import sentence

LADDER_TITLES = (
    sentence("市平台"),
    sentence("区平台"),
    sentence("街道"),
    sentence("社区"),
    sentence("网格长"),
    sentence("楼栋长"),
    sentence("邻里长"),
    sentence("网长"),
    sentence("格长"),
    sentence("里长"),
)
