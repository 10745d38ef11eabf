-- Ends a session.
-- KEYS[1]  the session
-- ARGV     1 if its end leaves a mark, because late copies of sessions may arrive here
-- Returns where it went, and leaves that alone, if it was rotated; else its envelope, or '' if it
-- cannot be read; or 0 if it had ended before; or -1, and leaves it alone, if it has moved, or is about
-- to move, to another store.
local value = redis.pcall('GET', KEYS[1])
if not value then
  return 0
end
if type(value) == 'table' then
  redis.call('DEL', KEYS[1]) -- No string, so no session that anybody could read.
  return ''
end
local next = string.match(value, '^next (.+)$')
if next then
  return next
end
if string.sub(value, 1, 7) == 'revoked' then
  return 0
end
if value == 'left' or string.sub(value, 1, 8) == 'leaving ' then
  return -1
end
local left = ARGV[1] and redis.call('PTTL', KEYS[1]) or 0
if left > 0 then
  redis.call('PEXPIRE', KEYS[1], left) -- Else a full Redis might refuse what follows.
  redis.call('SET', KEYS[1], 'revoked', 'PX', left)
else
  redis.call('DEL', KEYS[1])
end
local whole, envelope = pcall(struct.unpack, '>I4c0', value, 27)
return whole and envelope or ''
