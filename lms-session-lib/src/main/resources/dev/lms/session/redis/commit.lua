-- Changes a session only if it is still there and as expected, and gives it a new name if one is
-- passed.
-- KEYS[1]  the session; KEYS[2], optional: its name from now on, in the same slot
-- ARGV     either '' if the deadline cannot have passed, and the fields to set: field, value, ...
--          or now (ms); number of fields to set; field, value, ...; new deadline, time to live (both
--          ms), what says where it went if it gets a new name, number of fields to expect something
--          of, to remove, to add to; then field, '=value' or '' for absent, ...; field, ...; field,
--          delta, ...
-- Returns 1; or, with nothing written, 0 if the session has ended, 2 if it is not as expected, or
-- where it went if it was rotated: only that is under its old name.
local key = KEYS[1]
if ARGV[1] == '' then
  if redis.call('HEXISTS', key, 'deadline') == 0 then
    return redis.call('HGET', key, 'next') or 0
  end
  redis.call('HSET', key, unpack(ARGV, 2))
  return 1
end
local deadline = tonumber(redis.call('HGET', key, 'deadline') or '0')
if deadline <= tonumber(ARGV[1]) then
  return redis.call('HGET', key, 'next') or 0
end
-- What is packed: attributes the session began with, of which those with a field of their own have
-- changed since. Each name and value stands behind its length and a colon.
local packed
local function take(from)
  local length, start = string.match(packed, '^(%d+):()', from)
  if length then
    return string.sub(packed, start, start + length - 1), start + length
  end
end
-- The value packed for a field; where its name begins, and where the value ends.
local function find(field)
  packed = packed or redis.call('HGET', key, 'packed') or ''
  local i = 1
  while i <= #packed do
    local name, middle = take(i)
    local value, after
    if name then
      value, after = take(middle)
    end
    if not value then
      return nil
    end
    if 'a:' .. name == field then
      return value, i, after
    end
    i = after
  end
end
local rest = 3 + 2 * tonumber(ARGV[2])
local i = rest + 6
for _ = 1, tonumber(ARGV[rest + 3]) do
  local value = redis.call('HGET', key, ARGV[i]) or find(ARGV[i])
  if (value and '=' .. value or '') ~= ARGV[i + 1] then
    return 2
  end
  i = i + 2
end
if KEYS[2] and redis.call('HEXISTS', KEYS[2], 'revoked') == 1 then
  -- Rotated, and revoked before it was: neither name is alive.
  redis.call('DEL', key)
  return 1
end
-- In pieces: Lua unpacks only so many at once.
for from = 3, rest - 1, 1000 do
  redis.call('HSET', key, unpack(ARGV, from, math.min(from + 999, rest - 1)))
end
for _ = 1, tonumber(ARGV[rest + 4]) do
  redis.call('HDEL', key, ARGV[i])
  local value, from, to = find(ARGV[i])
  if value then
    packed = string.sub(packed, 1, from - 1) .. string.sub(packed, to)
    redis.call('HSET', key, 'packed', packed)
  end
  i = i + 1
end
for _ = 1, tonumber(ARGV[rest + 5]) do
  if redis.call('HEXISTS', key, ARGV[i]) == 0 then
    local value = find(ARGV[i])
    if value then
      redis.call('HSET', key, ARGV[i], value)
    end
  end
  local sum = redis.pcall('HINCRBY', key, ARGV[i], ARGV[i + 1])
  if type(sum) == 'table' and sum.err then
    -- Not a counter, or one that would overflow.
    redis.call('HSET', key, ARGV[i], ARGV[i + 1])
  end
  i = i + 2
end
if tonumber(ARGV[rest]) > deadline or KEYS[2] then
  redis.call('HSET', key, 'deadline', ARGV[rest])
  redis.call('PEXPIRE', key, ARGV[rest + 1])
end
if KEYS[2] then
  redis.call('RENAME', key, KEYS[2])
  redis.call('HSET', key, 'next', ARGV[rest + 2])
  redis.call('PEXPIRE', key, ARGV[rest + 1])
end
return 1
