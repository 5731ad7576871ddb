-- NULL: somebody who only said up to where they have read. They hear of the thread once they write in it; false is who does not want to.
ALTER TABLE discussion_followers ALTER COLUMN is_subscribed DROP NOT NULL;
