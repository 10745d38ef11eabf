-- Ends a session.
-- KEYS[1]  the session
-- Returns where it went, and leaves that alone, if it was rotated; else its envelope, or ''.
local state = redis.call('HMGET', KEYS[1], 'next', 'envelope')
if state[1] then
  return state[1]
end
redis.call('DEL', KEYS[1])
return state[2] or ''
