-- Changes a session only if it is still there and as expected, and gives it a new name if one is
-- passed. How a session is written: SessionText.java.
-- KEYS[1]  the session; KEYS[2], optional: its name from now on, in the same slot; and last, unless
--          the last of ARGV is '': who has copies of the session, see fill.lua
-- ARGV     now (ms), or '' if the deadline cannot have passed; attributes to set, as they are
--          written; unless that is all: new deadline, as it is written, and time to live (ms); unless
--          that is all: envelope and what says where it went, if it gets a new name, number of
--          attributes to expect something of, to remove, and what the envelope must begin with;
--          then name, '=value' or '' for absent, ...; name, ...; and to add to: name, delta, ...;
--          in any case last 'node number': its fills up to this one are used no more
-- Returns 1; or, with nothing written, 0 if the session has ended, 2 if it is not as expected, 3 if a
-- counter would overflow, 4 if it has another envelope, or where it went if it was rotated: only
-- that is under its old name; or, in a list, who must first drop a copy: node, number, ...
local holder = table.remove(ARGV)
local copies = holder ~= '' and table.remove(KEYS)
local key, new_key = KEYS[1], KEYS[2]
local head = redis.pcall('GETRANGE', key, 0, 24)
if type(head) == 'table' then
  return 0 -- No string, so no session.
end
local most = tonumber(string.sub(head, 1, 9))
if not most then
  return string.match(redis.call('GET', key) or '', '^next (.+)$') or 0
end
local moves = false
if ARGV[1] ~= '' then
  local deadline = tonumber(string.sub(head, 11)) or 0
  if deadline <= tonumber(ARGV[1]) then
    return 0
  end
  moves = tonumber(ARGV[3]) > deadline
end
-- A copy may have an older deadline, and nothing else that is older.
if copies and (#ARGV > 4 or ARGV[2] ~= '') then
  local holders = redis.pcall('HGETALL', copies)
  if holders[1] then
    local node, number = string.match(holder, '^(%S+) (%d+)$')
    local others = {}
    for i = 1, #holders, 2 do
      if holders[i] ~= '!'
        and not (holders[i] == node and tonumber(holders[i + 1]) <= tonumber(number)) then
        others[#others + 1] = holders[i]
        others[#others + 1] = holders[i + 1]
      end
    end
    if others[1] then
      redis.pcall('HSET', copies, '!', '1') -- Nobody makes another copy for a while.
      return others
    end
  end
end
if #ARGV <= 4 then
  local length = 0
  if ARGV[2] ~= '' then
    length = redis.call('APPEND', key, ARGV[2])
  end
  if moves then
    -- In this order even a full Redis takes it: it refuses only what a script begins with.
    redis.call('PEXPIRE', key, ARGV[4])
    redis.call('SETRANGE', key, 10, ARGV[3])
  end
  if length <= most then
    return 1
  end
end

-- Here stands count.lua.

-- All else, and what has grown too long, is written again.
local left = redis.call('PTTL', key)
if left == 0 then
  -- Redis ends it in this very millisecond. Whatever is written now must not begin it again.
  return 0
end
local names, values = {}, {}
local function set(name, value)
  if not values[name] then
    names[#names + 1] = name
  end
  values[name] = value
end
local function set_all(text, from)
  while from <= #text do
    local name, value
    name, value, from = struct.unpack('>I4c0I4c0', text, from)
    set(name, value)
  end
end
local before = redis.call('GET', key)
local deadline = string.sub(before, 11, 25)
local whole, envelope, first = pcall(struct.unpack, '>I4c0', before, 27)
if not whole or not pcall(set_all, before, first) then
  return 0 -- Nobody can read it.
end
if #ARGV > 4 then
  if string.sub(envelope, 1, #ARGV[9]) ~= ARGV[9] then
    return 4
  end
  local i = 10
  for _ = 1, tonumber(ARGV[7]) do
    local value = values[ARGV[i]]
    if (value and '=' .. value or '') ~= ARGV[i + 1] then
      return 2
    end
    i = i + 2
  end
  if new_key and redis.call('EXISTS', new_key) == 1 then
    -- Rotated, and revoked before it was: neither name is alive.
    redis.call('PEXPIRE', key, ARGV[4])
    redis.call('SET', key, 'revoked', 'PX', ARGV[4])
    return 1
  end
  set_all(ARGV[2], 1)
  for _ = 1, tonumber(ARGV[8]) do
    values[ARGV[i]] = nil
    i = i + 1
  end
  for counter = i, #ARGV, 2 do
    local name, sum = ARGV[counter], ARGV[counter + 1]
    if values[name] then
      -- Redis counts to 2^63, Lua only to 2^53. Nobody sees what is here meanwhile.
      redis.call('SET', key, values[name], 'KEEPTTL')
      local counted = redis.pcall('INCRBY', key, sum)
      if type(counted) == 'number' then
        sum = redis.call('GET', key)
      elseif string.find(counted.err, 'overflow', 1, true) then
        redis.call('SET', key, before, 'KEEPTTL')
        return 3
      end -- Else it was no counter.
    end
    set(name, sum)
  end
  if new_key or moves then
    deadline = ARGV[3]
  end
  if new_key then
    envelope = ARGV[5]
  end
end
local parts = {struct.pack('>I4c0', #envelope, envelope)}
for _, name in ipairs(names) do
  local value = values[name]
  if value then
    parts[#parts + 1] = struct.pack('>I4c0I4c0', #name, name, #value, value)
  end
end
local body = table.concat(parts)
local text = string.format('%09d %s ', 1.25 * (26 + #body) + 256, deadline) .. body
if new_key then
  redis.call('SET', new_key, text, 'PX', ARGV[4])
  redis.call('SET', key, 'next ' .. ARGV[6], 'PX', ARGV[4])
else
  if ARGV[4] and (moves or left < 0) then
    left = tonumber(ARGV[4])
  end
  if #text <= #before and left > 0 then
    -- Needs no memory, so a full Redis should not refuse it.
    redis.call('PEXPIRE', key, left)
  end
  if left > 0 then
    redis.call('SET', key, text, 'PX', left)
  else
    redis.call('SET', key, text) -- Somebody took its end away; the next touch gives it one.
  end
end
return 1
