-- A lesson that is completed by handing in tells who did when, to the microsecond: whoever reads progress would know whose work it is.
-- NOT VALID, as an older host may write such a row until this commits; those that are there complete their lesson by the grade instead,
-- because PostgreSQL holds a NOT VALID check against every later change of a row, the note of a reminder too. What is completed stays.
ALTER TABLE assignments
    ADD CONSTRAINT assignments_blind_completion_ck CHECK (NOT is_blind OR completes_on <> 'submission') NOT VALID;
UPDATE assignments SET completes_on = 'grade', version = version + 1 WHERE is_blind AND completes_on = 'submission';
