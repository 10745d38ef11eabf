-- Ends a session, also one that a sign-in under way is only about to write: the mark it leaves is
-- what that stops at. It lives as long as the session might have.
-- KEYS[1]  the session
-- ARGV     now, time to live of the mark (ms), what the call is known by
-- Returns 1 if the session was live, also if this call ended it before and its answer was lost;
-- else 0; or -1, and leaves it alone, if it is about to move to another store.
local head = redis.pcall('GETRANGE', KEYS[1], 0, 43)
if type(head) == 'table' then
  head = '' -- No string, so no session; the mark takes its place.
end
if head == 'revoked ' .. ARGV[3] then
  return 1
end
if string.sub(head, 1, 8) == 'leaving ' then
  return -1
end
if head == 'left' then
  return 0
end
local deadline = string.match(head, '^%d+ (%d+) ') or '0'
local live = tonumber(deadline) > tonumber(ARGV[1])
-- A full Redis refuses what needs memory, unless the script has written something before. Not by
-- removing the key: one that is gone, even for a moment, cannot be written in a slot that is moving.
redis.call('PEXPIRE', KEYS[1], ARGV[2])
local mark = live and 'revoked ' .. ARGV[3] or string.match(head, '^revoked.*') or 'revoked'
redis.call('SET', KEYS[1], mark, 'PX', ARGV[2])
return live and 1 or 0
