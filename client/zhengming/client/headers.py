"""Which column holds the names, and which others could help: found from Chinese and English headers."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from zhengming.client.errors import ColumnError

Role = Literal["city", "country", "ticker", "date"]
"""What a column besides the names can tell."""

ROLES: Final[tuple[Role, ...]] = ("city", "country", "ticker", "date")

# Who a row is about may be told by the part that a firm plays in it; a row of a trade has two.
_PARTIES: Final = frozenset(
    party + ending
    for parties, endings in (
        (
            "买方 卖方 买家 卖家 购买方 销售方 购方 销方 采购方 采购人 采购商 采购单位 供应商 供应方 供货方 供货商 供货单位 客户 商户 "
            "厂商 品牌商 生产商 制造商 经销商 代理商 承运商 进口商 出口商 收货人 收货方 发货人 发货方 招标人 招标方 招标单位 投标人 "
            "投标方 投标单位 中标人 中标方 中标单位 受让方 受让人 出让方 转让方 转让人 收购方 被收购方 甲方 乙方 丙方 委托方 受托方 "
            "发包方 发包人 承包方 承包商 分包商 出租方 出租人 承租方 承租人 债权人 债务人 借款人 贷款人 担保人 担保方 被担保人 "
            "被担保方 付款方 付款人 收款方 收款人 股东 出资方 出资人 投资方 投资人 融资方 被投资方 被投资企业 合作方 合作伙伴 "
            "交易对方 交易对手 交易方 许可方 被许可方 買方 賣方 買家 賣家 採購方 供應商 供應方 供貨商 客戶 廠商 製造商 經銷商 進口商 "
            "投標人 中標人 受讓方 轉讓方 收購方 股東 投資方",
            ("", "名称", "全称", "公司", "公司名称", "企业名称", "单位名称", "名稱", "全稱", "公司名稱"),
        ),
        (
            "buyer seller purchaser supplier vendor customer client manufacturer distributor dealer importer exporter shipper "
            "consignee consignor bidder tenderer transferee transferor assignee assignor acquirer acquiror contractor "
            "subcontractor lessee lessor licensee licensor borrower lender creditor debtor guarantor payer payee shareholder "
            "investor investee partner counterparty applicant holding",
            ("", "name", "company", "companyname"),
        ),
    )
    for party in parties.split()
    for ending in endings
)

# Best first: a full registered name settles more than a short one, and "name" alone may be anybody's.
_NAME_HEADERS: Final[tuple[frozenset[str], ...]] = (
    frozenset(
        {"公司名称", "企业名称", "公司全称", "企业全称", "单位名称", "机构名称", "公司名", "企业名", "公司", "企业"}
        | {"公司名稱", "企業名稱", "公司全稱", "企業全稱", "單位名稱", "機構名稱", "企業名", "企業"}
    ),
    frozenset({"companyname", "company", "legalname", "entityname", "entity", "organization", "organisation"}),
    frozenset(
        {"organizationname", "organisationname", "firm", "firmname", "corporation", "enterprise", "orgname", "org"}
    ),
    frozenset({"issuer", "issuername", "发行人", "发行人名称", "上市公司", "标的公司", "申请人", "权利人"}),
    _PARTIES,
    frozenset(
        {"证券简称", "股票简称", "证券名称", "股票名称", "公司简称", "企业简称", "简称", "securityname", "shortname"}
        | {"證券簡稱", "股票簡稱", "證券名稱", "股票名稱", "公司簡稱", "企業簡稱", "簡稱"}
    ),
    frozenset({"名称", "名稱", "名字", "name", "names", "title", "全称", "fullname"}),
)
_ROLE_HEADERS: Final[dict[Role, frozenset[str]]] = {
    "city": frozenset({"城市", "所在城市", "注册城市", "所在地", "市", "city", "town", "hqcity"}),
    "country": frozenset({"国家", "国别", "国家地区", "国家或地区", "country", "countrycode", "nation"}),
    "ticker": frozenset(
        {"证券代码", "股票代码", "代码", "交易代码", "统一社会信用代码", "ticker", "symbol", "isin", "lei", "uscc"}
        | {"securitycode", "stockcode", "tickersymbol"}
    ),
    "date": frozenset(
        {"日期", "报告期", "截止日期", "交易日期", "date", "asof", "asofdate", "reportdate", "tradedate"}
    ),
}

# Best first: a whole article settles more than its summary, and that more than its title.
_TEXT_HEADERS: Final[tuple[frozenset[str], ...]] = (
    frozenset({"text", "body", "content", "contents", "article", "fulltext", "maintext", "articletext", "articlebody"}),
    frozenset({"正文", "内容", "全文", "文章", "新闻内容", "新闻正文", "文本", "文章内容", "公告内容"}),
    frozenset({"summary", "abstract", "description", "snippet", "摘要", "简介", "描述"}),
    frozenset({"title", "headline", "标题", "新闻标题", "公告标题"}),
)
_ID_HEADERS: Final = frozenset(
    {"id", "docid", "documentid", "articleid", "newsid", "uid", "uuid", "编号", "文章编号", "新闻编号", "序号"}
)

# What the cells of a company column look like: a legal form or a trade word that firms use.
_ORGANISATION: Final = re.compile(
    r"公司|集团|股份|有限|科技|技术|实业|控股|电子|半导体|软件|银行|研究院|大学"
    r"|\b(?:co|ltd|inc|corp|corporation|company|group|holdings?|limited|llc|plc|technolog(?:y|ies))\b",
    re.IGNORECASE,
)
_ENOUGH_ORGANISATIONS: Final = 0.3
# Share of cells that look like firms in a column that is taken for names without a header; short names look like words.

_HAS_LETTER: Final = re.compile(r"[^\W\d_]")


@dataclass(frozen=True, slots=True)
class Columns:
    """Positions of the columns that a job reads, from 0."""

    names: tuple[int, ...]
    """The columns of names, each once, in the order in which they were chosen."""
    context: Mapping[Role, int]
    """Columns whose cells are sent as context."""
    said: tuple[str, ...]
    """What was chosen and how, for the user to read; one sentence without full stop each."""


def choose_columns(
    header: Sequence[str],
    sample: Sequence[Sequence[str]],
    names: Sequence[str],
    context: Mapping[Role, str],
    use_context: bool,
    named: bool = True,
) -> Columns:
    """Choose the columns of a job.

    Args:
        header: cells of the header.
        sample: first rows, looked at when the header leaves a choice.
        names: headers or numbers (from 1) that the user chose for the names; none: one is guessed.
        context: header or number that the user chose for each role.
        use_context: whether guessed context columns are used; otherwise they are only mentioned.
        named: whether the header was in the input; otherwise the cells alone tell.

    Raises:
        ColumnError: for a column that is not there or is chosen twice, or when no header looks like names.
    """
    said: list[str] = []
    names_at: list[int] = []
    for name in names:
        at = _find(header, name, said)
        if at in names_at:
            what = f"The column {column_label(header, at)} is named twice for names."
            raise ColumnError(what, "Name each column once, one of equal headers by its number.")
        names_at.append(at)
        said.append(f"names are read from column {column_label(header, at)}")
        if named and name.isdigit() and name != header[at]:
            _doubt_header(header[at], said)
    if not names:
        (guessed_at, *others), how = _guess_name(header, sample) if named else _guess_by_cells(header, sample)
        names_at.append(guessed_at)
        said.append(f"names are read from column {column_label(header, guessed_at)}, {how}")
        if others:
            said.append(_not_read(header, guessed_at, others))
        if named:
            _doubt_header(header[guessed_at], said)
    # With several names in a row, a city or a code is that of one of them.
    whose = "" if len(names_at) == 1 else f" for the names of column {column_label(header, names_at[0])} only"
    used: dict[Role, int] = {}
    for role in ROLES:
        if role in context:
            used[role] = _find(header, context[role], said)
            said.append(
                f"{role} is read from column {column_label(header, used[role])}{'' if role == 'date' else whose}"
            )
            continue
        guessed = next(
            (at for at, cell in enumerate(header) if at not in names_at and _fold(cell) in _ROLE_HEADERS[role]), None
        )
        if guessed is None:
            continue
        if use_context:
            used[role] = guessed
            label = column_label(header, guessed)
            said.append(f"{role} is read from column {label}{'' if role == 'date' else whose}, guessed from its header")
        else:
            label = column_label(header, guessed)
            said.append(f"column {label} looks like {role} and is not used; --use-context or --{role}-column uses it")
    return Columns(tuple(names_at), used, tuple(said))


def result_prefixes(header: Sequence[str], names: Sequence[int]) -> list[str]:
    """Return what the result columns of each column of names begin with: `zm_`, or with several `zm_<header>_`.

    White space of a header becomes `_`. A header that is empty, or that two of the columns share, is told by its number.
    """
    if len(names) == 1:
        return ["zm_"]
    words = ["_".join(header[at].split()) for at in names]
    return [
        f"zm_{word if word and words.count(word) == 1 else '_'.join(filter(None, (word, str(at + 1))))}_"
        for word, at in zip(words, names, strict=True)
    ]


def _not_read(header: Sequence[str], read: int, others: Sequence[int]) -> str:
    """Say which columns may hold names too: a trade has two firms, and only the user knows which one is meant."""
    listed = " and ".join(column_label(header, at) for at in others)
    looks = "looks like names too and is" if len(others) == 1 else "look like names too and are"
    flags = " ".join(f"--name-column {at + 1}" for at in (read, *others))
    return f"column{'s' * (len(others) > 1)} {listed} {looks} not read; {flags} reads all of them"


def _doubt_header(cell: str, said: list[str]) -> None:
    if not any(_fold(cell) in known for known in (*_NAME_HEADERS, *_ROLE_HEADERS.values())):
        said.append(f"the first line is taken for the header; if {cell[:40]!r} is a name, add --no-header")


@dataclass(frozen=True, slots=True)
class TextColumns:
    """Positions of the columns of texts to link, from 0."""

    text: int
    """The texts."""
    id: int | None
    """What the user calls each text. None: no such column."""
    day: int | None
    """The day of each text. None: no such column was chosen."""
    said: tuple[str, ...]
    """What was chosen and how, for the user to read; one sentence without full stop each."""


def choose_text_columns(header: Sequence[str], text: str | None, id: str | None, day: str | None) -> TextColumns:
    """Choose the columns, or the fields of JSON lines, that hold texts to link.

    Args:
        header: cells of the header, or the names of the fields.
        text: header or number (from 1) of the texts; None: guess.
        id: header or number of the texts' own IDs; None: guess, and do without.
        day: header or number of the texts' days; None: do without. Never guessed: a wrong day changes answers.

    Raises:
        ColumnError: for a column that is not there, or when no header looks like texts.
    """
    said: list[str] = []
    if text is not None:
        text_at = _find(header, text, said)
        said.append(f"texts are read from column {column_label(header, text_at)}")
    else:
        text_at = _guess_text(header)
        said.append(f"texts are read from column {column_label(header, text_at)}, guessed from its header")
    id_at = _find(header, id, said) if id is not None else _first_known(header, (_ID_HEADERS,), text_at)
    if id_at is not None:
        said.append(f"IDs of the texts are read from column {column_label(header, id_at)}")
    day_at = _find(header, day, said) if day is not None else None
    if day_at is not None:
        said.append(f"days of the texts are read from column {column_label(header, day_at)}")
    return TextColumns(text_at, id_at, day_at, tuple(said))


def _guess_text(header: Sequence[str]) -> int:
    if len(header) == 1:
        return 0
    known = _first_known(header, _TEXT_HEADERS, None)
    if known is None:
        what = "No header looks like a column of texts."
        raise ColumnError(what, f"Choose one with --text-field; there are: {_listing(header)}.")
    return known


def _first_known(header: Sequence[str], ranks: Sequence[frozenset[str]], but: int | None) -> int | None:
    for names in ranks:
        for at, cell in enumerate(header):
            if at != but and _fold(cell) in names:
                return at
    return None


def _find(header: Sequence[str], wanted: str, said: list[str]) -> int:
    """Find a column by its exact header, else by its folded header, else by its number."""
    for found in (
        [at for at, cell in enumerate(header) if cell == wanted],
        [at for at, cell in enumerate(header) if _fold(cell) == _fold(wanted)],
    ):
        if len(found) > 1:
            said.append(f"{len(found)} columns are called {wanted!r}; the first is used, give a number to use another")
        if found:
            return found[0]
    if wanted.isascii() and wanted.isdigit() and 1 <= int(wanted) <= len(header):
        return int(wanted) - 1
    raise ColumnError(f"There is no column {wanted!r}.", f"The header has: {_listing(header)}.")


def _guess_name(header: Sequence[str], sample: Sequence[Sequence[str]]) -> tuple[list[int], str]:
    """Return the column that the header shows for names, others that may hold names too, and how it was found."""
    if len(header) == 1:
        return [0], "the only one"
    ranked: list[tuple[int, float, int]] = []
    for at, cell in enumerate(header):
        rank = next((rank for rank, known in enumerate(_NAME_HEADERS) if _fold(cell) in known), None)
        if rank is not None and _share(sample, at, _HAS_LETTER) > 0:
            ranked.append((rank, -_share(sample, at, _ORGANISATION), at))
    if ranked:
        ranked.sort()
        best = ranked[0][0]
        tie = len(ranked) > 1 and ranked[1][0] == best
        # A column "name" or "title" beside a better one is rarely a firm's.
        found = [at for rank, _, at in ranked if rank == best or rank < len(_NAME_HEADERS) - 1]
        return found, "guessed from its header and its cells" if tie else "guessed from its header"
    what = "No header looks like a column of company names."
    todo = f"Choose one with --name-column; the header has: {_listing(header)}. Without a header line add --no-header."
    raise ColumnError(what, todo)


def _guess_by_cells(header: Sequence[str], sample: Sequence[Sequence[str]]) -> tuple[list[int], str]:
    if len(header) == 1:
        return [0], "the only one"
    shares = {at: _share(sample, at, _ORGANISATION) for at in range(len(header))}
    best = max(shares, key=lambda at: shares[at])
    if not sample or shares[best] < _ENOUGH_ORGANISATIONS:
        what = "No column looks like company names."
        raise ColumnError(what, f"Choose one by its number with --name-column 1 to {len(header)}.")
    others = [
        at
        for at, share in shares.items()
        if at != best and share >= _ENOUGH_ORGANISATIONS and any(row[at].strip() for row in sample)
    ]
    return [best, *others], "guessed from its cells"


def _share(sample: Sequence[Sequence[str]], at: int, pattern: re.Pattern[str]) -> float:
    """Return the share of filled cells that the pattern finds; 1 when there is nothing to look at."""
    filled = [row[at] for row in sample if row[at].strip()]
    if not filled:
        return 1.0
    return sum(1 for cell in filled if pattern.search(cell[:512])) / len(filled)


def _fold(header: str) -> str:
    """Fold case, width, spaces, punctuation and remarks in brackets: `Company Name*` and `公司名称（中文）` are known."""
    text = unicodedata.normalize("NFKC", header[:256]).casefold()
    text = re.sub(r"\(.*?\)|\[.*?\]", "", text)
    return "".join(char for char in text if char.isalnum())


def column_label(header: Sequence[str], at: int) -> str:
    """Return number and header of a column, for people."""
    return f"{at + 1} {header[at]!r}"


def _listing(header: Sequence[str]) -> str:
    shown = [column_label(header, at) for at in range(min(len(header), 30))]
    return ", ".join(shown) + (", …" if len(header) > 30 else "")
