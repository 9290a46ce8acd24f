"""Applying a chart to a company, and what is known from it: default accounts and statement layouts."""

from collections.abc import Sequence

from peewee import CharField, ForeignKeyField

from trastienda import Company, Refusal, Row, Service, Work
from trastienda import gettext as _

from .accounts import Account
from .charts import Chart, ChartAccount, UnknownChart, chart_names, load_chart
from .journals import Journal

#: The statement layouts for a chart of one's own.
LAYOUT_BY_KIND = "by_kind"


class CompanyChart(Row):
    """The chart that a company started from; companies with a chart of their own have no row."""

    company = ForeignKeyField(Company, primary_key=True, on_delete="CASCADE")
    chart = CharField(40)


class NoSuchChart(Refusal):
    def __init__(self, name: str) -> None:
        text = _("There is no chart {name}; there are {known}")
        super().__init__(text.format(name=name, known=", ".join(chart_names())))
        self.name = name


class OtherChartApplied(Refusal):
    def __init__(self, name: str) -> None:
        super().__init__(_("The company already has the chart {name}").format(name=name))
        self.name = name


class NoDefaultAccount(Refusal):
    """Nothing says which account serves a purpose such as `receivable` or `sales`."""

    def __init__(self, role: str) -> None:
        super().__init__(
            _("No default account for {role}: apply a chart, or name the account").format(role=role)
        )
        self.role = role


def _apply_chart(work: Work, name: str) -> None:
    """Add the chart's accounts and journals that are not there yet, named in the company's language.

    Applying it again adds what was deleted meanwhile; another chart on top of the first is refused.
    """
    try:
        chart = load_chart(name)
    except UnknownChart as error:
        raise NoSuchChart(name) from error
    earlier = chart_of(work)
    if earlier is not None and earlier.name != name:
        raise OtherChartApplied(earlier.name)
    if earlier is None:
        work.execute(CompanyChart.insert(company=work.company.id, chart=name))
    spanish = work.company.language.startswith("es")
    _add_accounts(work, chart.accounts, spanish=spanish)
    known = {code for (code,) in work.rows(work.select(Journal, Journal.code))}
    work.add_all(
        [
            (Journal(code=each.code, name=each.name_es if spanish else each.name_en, kind=each.kind), ())
            for each in chart.journals
            if each.code not in known
        ]
    )


def _add_accounts(work: Work, accounts: Sequence[ChartAccount], *, spanish: bool) -> None:
    """A generation at a time, parents first, since a child needs its parent's id."""
    ids = dict(work.rows(work.select(Account, Account.code, Account.id)))
    waiting = [each for each in accounts if each.code not in ids]
    while waiting:
        ready = [each for each in waiting if each.parent is None or each.parent in ids]
        added = work.add_all(
            [
                (
                    Account(
                        code=each.code,
                        name=each.name_es if spanish else each.name_en,
                        kind=each.kind,
                        parent=ids[each.parent] if each.parent else None,
                        postable=each.postable,
                    ),
                    (),
                )
                for each in ready
            ]
        )
        ids.update((account.code, account.id) for account in added)
        waiting = [each for each in waiting if each.code not in ids]


def chart_of(work: Work) -> Chart | None:
    """The chart that the company started from."""
    found = CompanyChart.select().where(CompanyChart.company == work.company).first()
    return load_chart(found.chart) if found is not None else None


def layout_name(work: Work) -> str:
    chart = chart_of(work)
    return chart.name if chart is not None else LAYOUT_BY_KIND


def _default_account(work: Work, role: str) -> Account:
    """The account that serves a purpose by the company's chart: `bank`, `receivable`, `vat_output`, ..."""
    chart = chart_of(work)
    account = work.find(Account, chart.roles[role]) if chart is not None and role in chart.roles else None
    if account is None:
        raise NoDefaultAccount(role)
    return account


apply_chart = Service("accounting.apply-chart/1", _apply_chart)
default_account = Service("ledger.default-account/1", _default_account)
