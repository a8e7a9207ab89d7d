"""Every query about an account's own files."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import delete, func
from sqlmodel import Session, col, select
from sqlmodel.sql.expression import SelectOfScalar

from store.tables.assets import StoredAsset


class Assets:
    """Files of one owner; every statement starts from `_owned`."""

    def __init__(self, session: Session, *, owner_id: str) -> None:
        self._session = session
        self._owner_id = owner_id

    def _owned(self) -> SelectOfScalar[StoredAsset]:
        return select(StoredAsset).where(StoredAsset.owner_id == self._owner_id)

    def add(self, asset: StoredAsset) -> StoredAsset:
        """A new file, or the row that this owner has of the same content."""
        known = self._session.exec(self._owned().where(StoredAsset.key == asset.key)).first()
        if known is not None:
            return known
        self._session.add(asset)
        self._session.flush()
        return asset

    def get(self, asset_id: str) -> StoredAsset | None:
        """The file, or None where this owner has none of that id."""
        if "\x00" in asset_id:
            return None
        return self._session.exec(self._owned().where(StoredAsset.id == asset_id)).first()

    def page(self, *, before: str | None, most: int) -> Sequence[StoredAsset]:
        """The newest *most* files older than the one of the id *before*."""
        statement = self._owned() if before is None else self._owned().where(col(StoredAsset.id) < before)
        return self._session.exec(statement.order_by(col(StoredAsset.id).desc()).limit(most)).all()

    def all(self) -> Sequence[StoredAsset]:
        """Every file."""
        return self._session.exec(self._owned()).all()

    def remove(self, asset: StoredAsset) -> None:
        """Forget the file."""
        self._session.execute(delete(StoredAsset).where(col(StoredAsset.id) == asset.id))

    def stored_bytes(self) -> int:
        """How much all files take."""
        total = self._owned().with_only_columns(func.coalesce(func.sum(col(StoredAsset.size)), 0))
        return int(self._session.execute(total).scalar_one())


def is_somebodys(session: Session, key: str) -> bool:
    """Whether any account has the object *key* among its files."""
    return session.exec(select(StoredAsset.id).where(StoredAsset.key == key).limit(1)).first() is not None
