"""Django's SQLite backend behind a write gate: `ENGINE = "cms.database"`."""
