-- Ends a session.
-- KEYS[1]  the session
-- Returns where it went, and leaves that alone, if it was rotated; else its envelope, or '' if it
-- cannot be read; or 0 if it had ended before.
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
redis.call('DEL', KEYS[1])
local whole, envelope = pcall(struct.unpack, '>I4c0', value, 27)
return whole and envelope or ''
