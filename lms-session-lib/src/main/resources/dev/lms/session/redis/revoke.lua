-- Ends a session, also one that a sign-in under way is only about to write: the mark it leaves is
-- what that stops at. It lives as long as the session might have.
-- KEYS[1]  the session
-- ARGV     now, time to live of the mark (ms)
-- Returns 1 if the session was live, else 0.
local deadline = string.match(redis.call('GETRANGE', KEYS[1], 0, 24), '^%d+ (%d+)$') or '0'
-- A full Redis refuses what needs memory, unless the script has written something before. Not by
-- removing the key: one that is gone, even for a moment, cannot be written in a slot that is moving.
redis.call('PEXPIRE', KEYS[1], ARGV[2])
redis.call('SET', KEYS[1], 'revoked', 'PX', ARGV[2])
return tonumber(deadline) > tonumber(ARGV[1]) and 1 or 0
