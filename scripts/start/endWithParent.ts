/**
 * Preloaded into a child process: ends it in good order when the process that started it is gone, however that ended.
 *
 * The channel between the two closes also after `kill -9`, on every system, without a timer that looks.
 */
process.on("disconnect", () => process.kill(process.pid, "SIGTERM"))
