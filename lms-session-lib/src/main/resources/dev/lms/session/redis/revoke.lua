-- Ends a session, also one that a sign-in under way is only about to write: the mark it leaves is
-- what create.lua and commit.lua look for. It lives as long as the session might have.
-- KEYS[1]  the session
-- ARGV     now, time to live of the mark (ms)
-- Returns 1 if the session was live, else 0.
local deadline = tonumber(redis.call('HGET', KEYS[1], 'deadline') or '0')
local fields = redis.call('HGETALL', KEYS[1])
-- A full Redis refuses what needs memory, unless the script has removed something before.
redis.call('HDEL', KEYS[1], '')
-- First the mark: a key that is gone, even for a moment, cannot be written in a slot that is moving.
redis.call('HSET', KEYS[1], 'revoked', '1')
redis.call('PEXPIRE', KEYS[1], ARGV[2])
for i = 1, #fields, 2 do
  if fields[i] ~= 'revoked' then
    redis.call('HDEL', KEYS[1], fields[i])
  end
end
return deadline > tonumber(ARGV[1]) and 1 or 0
