/**
 * What a group of subscribers does on the server, each step whole or not at all. A stream's consumer group keeps the group's
 * place and what is pending; beside it stand four keys, which give messages of one key their order:
 *
 * - `busy`: of each key with a message under way, that message and the token of who has it in hand; `-` when nobody has yet.
 * - `ready`: messages that are next of their key and in nobody's hand, the oldest first.
 * - `parked`: of each busy key, the messages behind it that were read already.
 * - `failures`: how often a message failed, or was in the hands of somebody who vanished.
 *
 * A message is read from the stream when nothing is ready. If its key is free it is in hand, otherwise parked; when the one in
 * hand is done, the next parked one of its key is ready. So each pending message is in hand, ready or parked. What is in hand
 * and not renewed for `claimAfterMs` is ready again (XAUTOCLAIM); the token then keeps out who had it before.
 *
 * A message that was trimmed is passed over. All of it may be lost at any time: the group is then made again.
 */
import { LuaScript } from "../redis/lua-script.ts";

/** KEYS: log, busy, ready, parked, failures, dead. ARGV: group, deliveryLimit, keptDeadLetters, idleMs, then each script's. */
const head = `
local log, busy, ready, parked, failures, dead = KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5], KEYS[6]
local group, deliveryLimit, keptDead, idleMs = ARGV[1], tonumber(ARGV[2]), ARGV[3], ARGV[4]
local call = redis.call
local madeReady = false

local function set(hash, field, value)
  call('HSET', hash, field, value)
  call('PEXPIRE', hash, idleMs)
end
local function makeReady(push, id, key)
  set(busy, key, id .. ' -')
  call(push, ready, id .. ' ' .. key)
  call('PEXPIRE', ready, idleMs)
  madeReady = true
end
local function park(key, id)
  local line = call('HGET', parked, key)
  set(parked, key, line and (line .. ' ' .. id) or id)
end
local function release(key)
  local line = call('HGET', parked, key)
  if not line then call('HDEL', busy, key) return end
  local id, rest = string.match(line, '^(%S+) ?(.*)$')
  if rest == '' then call('HDEL', parked, key) else set(parked, key, rest) end
  makeReady('RPUSH', id, key)
end
local function finish(id, key)
  call('XACK', log, group, id)
  call('HDEL', failures, id)
  release(key)
end
local function fail(id, key, body, isKept)
  local count = call('HINCRBY', failures, id, 1)
  call('PEXPIRE', failures, idleMs)
  if isKept and count < deliveryLimit then return makeReady('LPUSH', id, key) end
  call('XADD', dead, 'MAXLEN', keptDead, '*', 'k', key, 'b', body, 'o', id)
  call('PEXPIRE', dead, idleMs)
  finish(id, key)
end
`;

/** More ARGV: where it begins, the most groups of a topic. Gives whether there is room for it. */
export const makeGroup = new LuaScript(`${head}
local exists = call('EXISTS', log) == 1
if exists then
  local groups = call('XINFO', 'GROUPS', log)
  for _, one in ipairs(groups) do if one[2] == group then return 1 end end
  if #groups >= tonumber(ARGV[6]) then return 0 end
end
call('XGROUP', 'CREATE', log, group, ARGV[5], 'MKSTREAM')
call('PEXPIRE', log, idleMs)
call('DEL', busy, ready, parked, failures)
return 1
`);

/**
 * More ARGV: token, how many are wanted, the most that may be pending; then for each that was in hand its id, key, token,
 * outcome (done, failed, back) and body. Gives the messages that are in hand now.
 */
export const stepGroup = new LuaScript(`${head}
local token, wanted, lookahead = ARGV[5], tonumber(ARGV[6]), tonumber(ARGV[7])
local pending = call('XPENDING', log, group)[1]
call('PEXPIRE', log, idleMs)

for at = 8, #ARGV, 5 do
  local id, key, held, outcome, body = ARGV[at], ARGV[at + 1], ARGV[at + 2], ARGV[at + 3], ARGV[at + 4]
  if call('HGET', busy, key) == id .. ' ' .. held then
    if outcome == 'done' then finish(id, key)
    elseif outcome == 'back' then makeReady('LPUSH', id, key)
    else fail(id, key, body, #call('XRANGE', log, id, id) > 0) end
  end
end

local function takeReady()
  while true do
    local first = call('LPOP', ready)
    if not first then return nil end
    local id, key = string.match(first, '^(%S+) (.*)$')
    local entry = call('XRANGE', log, id, id)[1]
    if entry then
      set(busy, key, id .. ' ' .. token)
      call('XCLAIM', log, group, 'bus', 0, id, 'JUSTID')
      return entry
    end
    finish(id, key)
  end
end
local function takeNew()
  while pending < lookahead do
    local read = call('XREADGROUP', 'GROUP', group, 'bus', 'COUNT', 1, 'STREAMS', log, '>')
    if not read then return nil end
    pending = pending + 1
    local entry = read[1][2][1]
    local id, key = entry[1], entry[2][2]
    if call('HEXISTS', busy, key) == 0 then
      set(busy, key, id .. ' ' .. token)
      return entry
    end
    park(key, id)
  end
  return nil
end

local taken = {}
while #taken < wanted do
  local entry = takeReady() or takeNew()
  if not entry then break end
  taken[#taken + 1] = entry
end
if madeReady and call('LLEN', ready) > 0 then call('PUBLISH', log, '') end
return taken
`);

/** More ARGV: claimAfterMs, then the ids of what is in hand here. Renews those, and makes ready what nobody renewed. */
export const tendGroup = new LuaScript(`${head}
for at = 6, #ARGV do call('XCLAIM', log, group, 'bus', 0, ARGV[at], 'JUSTID') end

local function recover(id, key, body)
  local held = call('HGET', busy, key)
  if not held then return makeReady('RPUSH', id, key) end
  local heldId, token = string.match(held, '^(%S+) (.*)$')
  if heldId ~= id then
    local line = ' ' .. (call('HGET', parked, key) or '') .. ' '
    if not string.find(line, ' ' .. id .. ' ', 1, true) then park(key, id) end
  elseif token ~= '-' then fail(id, key, body, true)
  elseif not call('LPOS', ready, id .. ' ' .. key) then makeReady('LPUSH', id, key) end
end
local function forget(gone)
  local all = call('HGETALL', busy)
  for at = 1, #all, 2 do
    local id = string.match(all[at + 1], '^(%S+) ')
    if gone[id] and not call('LPOS', ready, id .. ' ' .. all[at]) then finish(id, all[at]) end
  end
end

local cursor = '0-0'
repeat
  local claimed = call('XAUTOCLAIM', log, group, 'bus', ARGV[5], cursor, 'COUNT', 100)
  cursor = claimed[1]
  for _, entry in ipairs(claimed[2]) do recover(entry[1], entry[2][2], entry[2][4]) end
  if #claimed[3] > 0 then
    local gone = {}
    for _, id in ipairs(claimed[3]) do gone[id] = true end
    forget(gone)
  end
until cursor == '0-0'
if madeReady then call('PUBLISH', log, '') end
return 1
`);
