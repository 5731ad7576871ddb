-- Policies are judged with every use of a session, by the settings of that moment; nothing ever wrote what was kept here.
ALTER TABLE sessions DROP COLUMN idle_seconds, DROP COLUMN allowed_until;
