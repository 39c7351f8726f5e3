"""How a person is shown to somebody who does not need the whole (``domain.md`` 10.3)."""

import re

DOUBLE_SURNAMES = frozenset(
    [
        "欧阳",
        "太史",
        "端木",
        "上官",
        "司马",
        "东方",
        "独孤",
        "南宫",
        "万俟",
        "闻人",
        "夏侯",
        "诸葛",
        "尉迟",
        "公羊",
        "赫连",
        "澹台",
        "皇甫",
        "宗政",
        "濮阳",
        "公冶",
        "太叔",
        "申屠",
        "公孙",
        "慕容",
        "仲孙",
        "钟离",
        "长孙",
        "宇文",
        "司徒",
        "鲜于",
        "司空",
        "闾丘",
        "子车",
        "亓官",
        "司寇",
        "巫马",
        "公西",
        "颛孙",
        "壤驷",
        "公良",
        "漆雕",
        "乐正",
        "宰父",
        "谷梁",
        "拓跋",
        "夹谷",
        "轩辕",
        "令狐",
        "段干",
        "百里",
        "呼延",
        "东郭",
        "南门",
        "羊舌",
        "微生",
        "梁丘",
        "左丘",
        "东门",
        "西门",
        "第五",
    ]
)


def mask_name(name: str) -> str:
    """``张三`` → ``张*``, ``欧阳娜娜`` → ``欧阳*``, a single character → ``*``, nothing → nothing."""
    name = name.strip()
    if len(name) <= 1:
        return "*" if name else ""
    surname = name[:2] if name[:2] in DOUBLE_SURNAMES and len(name) > 2 else name[:1]
    return f"{surname}*"


def mask_phone(phone: str) -> str:
    """``13812341234`` → ``138****1234``, ``027-88881234`` → ``027-****1234``, others keep two and two."""
    phone = phone.strip()
    if re.fullmatch(r"1\d{10}", phone):
        return f"{phone[:3]}****{phone[-4:]}"
    landline = re.fullmatch(r"(010|02\d|0[3-9]\d{2})-?(\d{7,8})", phone)
    if landline:
        return f"{landline[1]}-****{phone[-4:]}"
    return f"{phone[:2]}****{phone[-2:]}" if len(phone) > 4 else "****"


def mask_numbers_in(text: str) -> str:
    """Mobile and ID numbers inside free text, for lists, logs and the projections shown to others."""
    text = re.sub(r"(?<!\d)(\d{6})\d{8}(\d{3}[\dXx])(?![\dXx])", r"\1********\2", text)
    return re.sub(r"(?<!\d)(1[3-9]\d)\d{4}(\d{4})(?!\d)", r"\1****\2", text)
