package dev.reprise;

import static org.assertj.core.api.Assertions.assertThat;

/** Runs of one script that must print the same, however values are found or computed. */
final class EqualRuns {
  private EqualRuns() {}

  /**
   * Runs a script without reuse, with it, only traced, in little memory, with every value that is
   * found computed as well, and with four workers. No run may leave a buffer behind.
   *
   * @param further more ways to run it in
   * @return what the first run with reuse counted
   */
  static RunStatistics of(String script, SessionConfig... further) {
    String expected = Scripts.run(Scripts.config().withReuse(ReuseMode.NONE), script).output();
    RunStatistics cold = check(Scripts.config(), script, expected);
    check(Scripts.config().withReuse(ReuseMode.TRACE), script, expected);
    check(Scripts.config().withHostBytes(12L << 20).withDiskBytes(0), script, expected);
    check(Scripts.config().withVerifyReuse(1), script, expected);
    check(Scripts.config().withThreads(4), script, expected);
    for (SessionConfig each : further) {
      check(each, script, expected);
    }
    return cold;
  }

  private static RunStatistics check(SessionConfig config, String script, String expected) {
    Scripts.Outcome outcome = Scripts.run(config, script);
    assertThat(outcome.output()).isEqualTo(expected);
    assertThat(outcome.liveBuffers()).isZero();
    return outcome.statistics();
  }
}
