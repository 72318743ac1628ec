import GRDB

/// The database's tables, and how older ones become them. A migration that was released is never changed.
enum JobSchema {
    static var migrator: DatabaseMigrator {
        var migrator = DatabaseMigrator()
        migrator.registerMigration("1 jobs and announcements") { db in
            try db.execute(sql: jobs)
            try db.execute(sql: announcements)
            try db.execute(
                sql: "CREATE TABLE setting (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID")
        }
        // With the old index SQLite looked through all jobs that ever ended, for each that did.
        migrator.registerMigration("2 what is to be filed is found by its state") { db in
            try db.execute(
                sql: "DROP INDEX jobToFile; CREATE INDEX jobToFile ON job (state, id) WHERE isFiled = 0")
        }
        return migrator
    }

    private static let jobs = """
        CREATE TABLE job (
          id INTEGER PRIMARY KEY AUTOINCREMENT,
          study TEXT NOT NULL,
          priority INTEGER NOT NULL,
          state TEXT NOT NULL CHECK (state IN ('arriving', 'queued', 'running', 'delivering', 'completed', 'failed',
            'quarantined', 'cancelled')),
          source TEXT NOT NULL,
          keepsSource INTEGER NOT NULL,
          sourceInode INTEGER NOT NULL,
          sourceModified INTEGER NOT NULL,
          input TEXT NOT NULL,
          bytes INTEGER NOT NULL,
          sha256 TEXT,
          submitter TEXT,
          arrivedAt REAL NOT NULL,
          dueAt REAL NOT NULL,
          notBefore REAL NOT NULL DEFAULT 0,
          startedAt REAL,
          finishedAt REAL,
          attempts INTEGER NOT NULL DEFAULT 0,
          folder TEXT UNIQUE,
          staging TEXT,
          summary TEXT,
          undeliveredSummary TEXT,
          duplicateOf INTEGER REFERENCES job(id),
          failureCode TEXT,
          failureMessage TEXT,
          failureDetail TEXT,
          isFiled INTEGER NOT NULL DEFAULT 0,
          CHECK ((state = 'completed') = (summary IS NOT NULL)),
          CHECK ((state = 'delivering') = (undeliveredSummary IS NOT NULL)),
          CHECK ((state IN ('failed', 'quarantined')) = (failureCode IS NOT NULL))
        ) STRICT;
        CREATE INDEX jobByTurn ON job (state, dueAt, id);
        CREATE INDEX jobByContent ON job (sha256, state);
        CREATE INDEX jobBySource ON job (source) WHERE keepsSource = 1;
        CREATE INDEX jobToFile ON job (id) WHERE isFiled = 0;
        """

    private static let announcements = """
        CREATE TABLE announcement (
          id INTEGER PRIMARY KEY AUTOINCREMENT,
          job INTEGER NOT NULL REFERENCES job(id) ON DELETE CASCADE,
          createdAt REAL NOT NULL,
          sentAt REAL
        ) STRICT;
        CREATE INDEX announcementToSend ON announcement (id) WHERE sentAt IS NULL;
        CREATE INDEX announcementByJob ON announcement (job);
        """
}
