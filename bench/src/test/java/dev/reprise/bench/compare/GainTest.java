package dev.reprise.bench.compare;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class GainTest {

  @Test
  void theCeilingIsWhatIsLeftWhenRepetitionsCostNothing() {
    // 10 s, of which 8 s were spent on what had been computed before.
    Gain gain =
        Gain.of(
            row(
                reprise("none", 10, new Counts(10, 9, 0, 100, 0, 0, 0)),
                reprise("full", 4, new Counts(4, 1, 8, 20, 80, 0, 0)),
                reprise("hybrid", 4, new Counts(4, 1, 8, 20, 80, 0, 0))));
    assertThat(gain.times()).isEqualTo(2.5, within(1e-9));
    assertThat(gain.ceiling()).isEqualTo(5, within(1e-9));
    assertThat(gain.ofCeiling()).isEqualTo(0.5, within(1e-9));
  }

  @Test
  void partialResultsRaiseTheCeilingAboveWholeRepetitions() {
    Gain gain =
        Gain.of(
            row(
                reprise("none", 10, new Counts(10, 9, 0, 100, 0, 0, 0)),
                reprise("full", 10, new Counts(10, 9, 0, 100, 0, 0, 0)),
                reprise("hybrid", 2, new Counts(2, 1, 0, 100, 0, 0, 0))));
    assertThat(gain.ceiling()).isEqualTo(5, within(1e-9));
  }

  @Test
  void inParallelLoopsSavedTimeIsSharedByTheWorkers() {
    // Two workers were in kernels all the time: 20 s of operations in 10 s.
    Gain gain =
        Gain.of(
            row(
                reprise("none", 10, new Counts(10, 20, 0, 100, 0, 0, 0)),
                reprise("full", 5, new Counts(5, 10, 10, 50, 50, 0, 0)),
                reprise("hybrid", 5, new Counts(5, 10, 10, 50, 50, 0, 0))));
    assertThat(gain.ceiling()).isEqualTo(2, within(1e-9));
  }

  @Test
  void theBestModeOfTheRivalIgnoresRunsThatHung() {
    Comparison.Row row =
        row(
            cell("systemds", "base", 10, "ok", null),
            cell("systemds", "full", 1, "hung", null),
            cell("systemds", "hybrid", 5, "ok", null));
    assertThat(Gain.bestRival(row)).isEqualTo(5);
    assertThat(Gain.ofSystemDs(row)).isEqualTo(2);
  }

  @Test
  void theBestModeOfTheRivalIgnoresOtherResults() {
    Comparison.Row row =
        row(
            cell("systemds", "base", 10, "ok", null),
            cell("systemds", "full", 8, "ok", null),
            other("systemds", "hybrid", 5));
    assertThat(Gain.bestRival(row)).isEqualTo(8);
    assertThat(Gain.ofSystemDs(row)).isEqualTo(1.25);
    assertThat(Gain.bestRival(row(other("systemds", "base", 5)))).isNaN();
  }

  @Test
  void anOptionBehindTheModeIsPassedOn() {
    Subject subject = Subject.parse("reprise:full+policy=lru+memory=host=1g,disk=1");
    assertThat(subject.baseMode()).isEqualTo("full");
    assertThat(subject.options()).containsExactly("--policy", "lru", "--memory", "host=1g,disk=1");
  }

  private static Comparison.Row row(Comparison.Cell... cells) {
    return new Comparison.Row("w", "w", Map.of(), 0, null, List.of(cells));
  }

  private static Comparison.Cell reprise(String mode, double seconds, Counts counts) {
    return cell("reprise", mode, seconds, "ok", counts);
  }

  private static Comparison.Cell cell(
      String system, String mode, double seconds, String outcome, Counts counts) {
    return Cells.cell(system, mode, seconds, outcome, true, counts);
  }

  private static Comparison.Cell other(String system, String mode, double seconds) {
    return Cells.cell(system, mode, seconds, "ok", false, null);
  }
}
