-- wrk -s poll.lua URL -- PATHS...: asks for the paths in turn, as polls do.
local paths, at = {}, 0

function init(args)
   for i = 1, #args do paths[i] = args[i] end
end

function request()
   at = at % #paths + 1
   return wrk.format("GET", paths[at])
end

function done(summary, latency, requests)
   local errors = summary.errors
   io.write(string.format("RESULT %d %d %d\n", summary.requests, summary.duration, errors.connect + errors.read + errors.write + errors.status + errors.timeout))
end
