"""What of a run exists on AWS, as its ledger and the tags tell it."""

from __future__ import annotations

from dataclasses import dataclass

from botocore.exceptions import ClientError

from labs.real.ledger import INTENT_TAG, RUN_TAG, Ledger, Resource
from labs.real.resources import KINDS
from labs.real.resources.model import Aws


@dataclass(frozen=True)
class Survey:
    """What AWS says of a run's resources."""

    mine: frozenset[Resource] = frozenset()
    """Exist, and ledger and tag agree."""
    only_tagged: frozenset[Resource] = frozenset()
    """Carry the run's tag, but the ledger does not know them."""
    only_written: frozenset[Resource] = frozenset()
    """Exist under a name that the ledger knows and has not seen deleted, without the run's tag."""
    gone: frozenset[Resource] = frozenset()
    """Made by the run, and not there any more."""
    unseen: tuple[str, ...] = ()
    """Kinds that these credentials may not list; the run is not known to have made any."""

    @property
    def empty(self) -> bool:
        """Whether nothing of the run is left."""
        return not (self.mine or self.only_tagged or self.only_written)


def survey(aws: Aws, ledger: Ledger) -> Survey:
    """Ask each service what exists: by tag, and what the ledger knows beside that, by name."""
    record, run = ledger.record, ledger.run
    mine, only_tagged, only_written, gone, unseen = set(), set(), set(), set(), []
    for name, kind in KINDS.items():
        found: dict[str, dict[str, str]] = {}
        known = {resource.id for resource in record.made if resource.kind == name}
        try:
            found = {id_: dict(tags) for id_, tags in kind.each(aws) if tags.get(RUN_TAG) == run.id}
        except ClientError as error:
            if "AccessDenied" not in error.response["Error"]["Code"] or known:
                raise
            unseen.append(name)
        for id_ in known - found.keys():
            named = kind.tags(aws, id_)
            if named is None:
                gone.add(Resource(name, id_))
            else:
                found[id_] = dict(named)
        for id_, tags in found.items():
            resource = Resource(name, id_)
            if record.agrees(resource, tags):
                mine.add(resource)
            elif tags.get(RUN_TAG) == run.id:
                only_tagged.add(resource)
            elif resource not in record.deleted:  # a deleted name may be another's by now
                only_written.add(resource)
    return Survey(
        frozenset(mine),
        frozenset(only_tagged),
        frozenset(only_written),
        frozenset(gone - mine),
        tuple(unseen),
    )


def adopt(aws: Aws, ledger: Ledger) -> list[Resource]:
    """Write into the ledger what carries its run's tags: for a ledger that was lost. Gives what was written."""
    adopted = []
    for name, kind in KINDS.items():
        for id_, tags in kind.each(aws):
            resource, intent = Resource(name, id_), tags.get(INTENT_TAG)
            if tags.get(RUN_TAG) == ledger.run.id and intent and not ledger.record.agrees(resource, tags):
                known = ledger.record.intents.get(intent)
                if known is None:
                    ledger.intend(intent, "adopted", name, id_)
                elif known.kind != name:  # a tag copied from something else
                    continue
                ledger.made(intent, [id_])
                adopted.append(resource)
    return adopted
