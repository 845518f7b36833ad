"""The register's SQLite files."""
