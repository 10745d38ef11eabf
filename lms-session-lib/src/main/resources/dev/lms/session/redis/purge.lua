-- Ends all that many indexes name, and many sessions, whoever's they are. Not for a cluster: the
-- sessions that an index names are no keys of this call.
-- KEYS[1]  what this purge has done last, should its answer be lost; then people's indexes, sessions,
--          and who has copies of other sessions, see fill.lua
-- ARGV     number of the call, now (ms), prefix of all keys, 1 if what ends leaves a mark, because late
--          copies of sessions may arrive here, else 0; number of indexes, of sessions; how many entries
--          of indexes are looked at
-- Returns how many sessions were live; 1 if others may have a new name since they were looked for, else
-- 0; indexes that name too many sessions for this call; fields of sessions that are about to move to
-- another store, and were not ended; who has copies, each a list: field, node, number, ...; and what is
-- to be taken out once they are dropped: index, field, ...
local memo, now, prefix, marks = KEYS[1], tonumber(ARGV[2]), ARGV[3], ARGV[4] == '1'
local indexes, sessions, left = tonumber(ARGV[5]), tonumber(ARGV[6]), tonumber(ARGV[7])
local before = redis.call('GET', memo) or ''
local known = string.match(before, '^' .. ARGV[1] .. ' (%d+)$')
if known then
  return {tonumber(known), 1, {}, {}, {}, {}}
end
-- A full Redis refuses what needs memory, unless the script has written something before.
redis.call('DEL', memo)

local live, again, large, moving, gone = 0, 0, {}, {}, {}

-- What may be under way stops at it.
local function mark(key, time)
  redis.call('PEXPIRE', key, time)
  redis.call('SET', key, 'revoked', 'PX', time)
end
local function mark_until(key, deadline)
  mark(key, math.max(tonumber(deadline) - now, 0) + 60000)
end
-- What was there has been written, so no sign-in under way is about to write it.
local function forget(key)
  local time = marks and redis.call('PTTL', key) or 0
  if time > 0 then
    mark(key, time)
  else
    gone[#gone + 1] = key
  end
end
-- Answers false if it is about to move. Where an index says that a session is, or is about to be, it
-- says until when.
local function finish(key, named)
  local head = redis.pcall('GETRANGE', key, 0, 63)
  if type(head) == 'table' then
    if named then
      mark_until(key, named) -- No string, so no session; else it is somebody's.
    end
    return true
  end
  local deadline, created = string.match(head, '^%d%d%d%d%d%d%d%d%d (%d+) ....%d|(%d+)|')
  if created then
    if tonumber(deadline) > now then
      live = live + 1
      if again == 0 and tonumber(created) <= now then
        again = 1
      end
    end
    forget(key)
  elseif string.sub(head, 1, 8) == 'leaving ' then
    return false
  elseif string.sub(head, 1, 5) == 'next ' and not marks then
    again = 1
    gone[#gone + 1] = key
  elseif string.sub(head, 1, 8) == 'revoked ' then
    if not marks then
      gone[#gone + 1] = key -- Of a session that was there.
    end
  elseif head == 'revoked' or head == 'left' then
    return true
  elseif named then
    mark_until(key, named)
  elseif head ~= '' and string.sub(head, 1, 5) ~= 'next ' then
    forget(key) -- Nobody can read it.
  end
  return true
end

-- Who has copies of what ended: their keys, and the indexes that it is to leave.
local copies, index_of = {}, {}
local emptied = {} -- Indexes with nothing else in them.
for i = 2, indexes + 1 do
  local index = KEYS[i]
  local size = redis.pcall('HLEN', index)
  if type(size) == 'table' then
    if not string.find(size.err, 'WRONGTYPE', 1, true) then
      large[#large + 1] = index -- This user may not ask for the size.
    end
  elseif size > left then
    large[#large + 1] = index
  else
    left = left - size
    local entries, begin = redis.call('HGETALL', index), #copies
    for j = 1, 2 * size, 2 do
      local field = entries[j]
      local deadline = string.match(entries[j + 1], '^(%d+) %d+ %d+ ')
      if deadline and #field == 37 and string.find(field, '^{...}%x+$') then
        local key = prefix .. field
        if finish(key, deadline) then
          copies[#copies + 1] = key .. ':near'
          index_of[#copies] = index
        else
          moving[#moving + 1] = field
        end
      end
    end
    emptied[index] = #copies - begin == size
  end
end
for i = indexes + 2, indexes + sessions + 1 do
  finish(KEYS[i], nil)
  copies[#copies + 1] = KEYS[i] .. ':near'
end
for i = indexes + sessions + 2, #KEYS do
  copies[#copies + 1] = KEYS[i]
end

local function each(list, command, first)
  local count = 0
  for i = 1, #list, 1000 do
    local part = {unpack(list, i, math.min(#list, i + 999))}
    if first then
      table.insert(part, 1, first)
    end
    count = count + redis.call(command, unpack(part))
  end
  return count
end
local copied, later, leave = {}, {}, {}
local some = each(copies, 'EXISTS') > 0 -- Mostly nobody has copies of any.
for i = 1, #copies do
  local index = index_of[i]
  local held = false
  if some then
    local holders = redis.pcall('HGETALL', copies[i])
    if holders[1] then
      for j = 1, #holders, 2 do
        held = held or holders[j] ~= '!'
      end
      local field = string.sub(copies[i], #prefix + 1, -6)
      table.insert(holders, 1, field)
      copied[#copied + 1] = holders
      if index and held then
        -- Until then, whoever ends all sessions of this person has to wait for it too.
        later[#later + 1] = index
        later[#later + 1] = field
        emptied[index] = false
      end
    end
  end
  if index and not held then
    if not emptied[index] or some then
      leave[index] = leave[index] or {}
      table.insert(leave[index], string.sub(copies[i], #prefix + 1, -6))
    elseif index ~= index_of[i + 1] then
      gone[#gone + 1] = index
    end
  end
end
for index, fields in pairs(leave) do
  each(fields, 'HDEL', index)
end
each(gone, 'DEL')
redis.call('SET', memo, ARGV[1] .. ' ' .. live, 'PX', 60000)
return {live, again, large, moving, copied, later}
