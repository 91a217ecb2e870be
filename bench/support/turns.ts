/** The longest that everything else had to wait: by the clock, and in this thread's own work, as others use the machine too. */
export function watchTurns(): { stop(): { ms: number; cpuMs: number } } {
  const longest = { ms: 0, cpuMs: 0 };
  let [at, cpu] = [performance.now(), process.threadCpuUsage()];
  const look = (): void => {
    const { user, system } = process.threadCpuUsage(cpu);
    longest.ms = Math.max(longest.ms, performance.now() - at);
    longest.cpuMs = Math.max(longest.cpuMs, (user + system) / 1_000);
    [at, cpu] = [performance.now(), process.threadCpuUsage()];
  };
  const timer = setInterval(look, 1);
  return { stop: () => (clearInterval(timer), look(), longest) };
}
