-- Puts in its place what comes from another store, unless there is something: a session, or the mark
-- of one that has ended. What once left this store may come back.
-- KEYS[1]  the session
-- ARGV     what to put there, time to live (ms)
-- Returns 1 if it was put there; else 0.
local there = redis.pcall('GETRANGE', KEYS[1], 0, 3)
if type(there) ~= 'string' or (there ~= '' and there ~= 'left') then
  return 0
end
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
return 1
