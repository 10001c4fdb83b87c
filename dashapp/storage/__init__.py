"""What people do, in a transactional database: tables, repositories, migrations, and the audit chain.

One module per noun, each with plain functions that take an open connection, so that a change and its audit row share
a transaction: ``with storage.write() as connection: users.add(connection, …); storage.audit.record(connection, …)``.
"""

from dashapp.storage.audit import Audit, AuditContext, audit_context
from dashapp.storage.database import SchemaError, Storage, StorageError, open_storage

__all__ = ["Audit", "AuditContext", "SchemaError", "Storage", "StorageError", "audit_context", "open_storage"]
