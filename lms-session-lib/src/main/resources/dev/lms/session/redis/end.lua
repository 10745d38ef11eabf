-- Ends a session.
-- KEYS[1]  the session
-- Returns where it went, and leaves that alone, if it was rotated; else its envelope, or ''.
local value = redis.pcall('GET', KEYS[1]) or ''
if type(value) == 'table' then
  value = '' -- No string, so no session that anybody could read.
end
local next = string.match(value, '^next (.+)$')
if next then
  return next
end
redis.call('DEL', KEYS[1])
local whole, envelope = pcall(struct.unpack, '>I4c0', value, 27)
return whole and envelope or ''
