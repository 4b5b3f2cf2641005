package dev.reprise.lineage;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class DeduplicationTest {
  private static final int PROGRAMS = 500;

  @Test
  void aDeduplicatedTraceHasTheKeysHeightsAndStructureOfItsExpansion() {
    int deduplicated = 0;
    for (long seed = 0; seed < PROGRAMS; seed++) {
      List<LoopPrograms.Statement> program = new LoopPrograms(seed).program();
      LineageItem[] plain = LoopPrograms.execute(program, false);
      // The second execution finds the patches of the first.
      for (int round = 0; round < 2; round++) {
        LineageItem[] stored = LoopPrograms.execute(program, true);
        for (int i = 0; i < plain.length; i++) {
          assertThat(stored[i] == null).isEqualTo(plain[i] == null);
          if (plain[i] != null) {
            deduplicated += stored[i].isOfRun() ? 1 : 0;
            assertThat(stored[i].height())
                .as("height in program %d, variable %d", seed, i)
                .isEqualTo(plain[i].height());
            assertThat(stored[i].key())
                .as("program %d, variable %d, round %d", seed, i, round)
                .isEqualTo(plain[i].key());
            if (seed % 10 == 0 && round == 0) {
              StructureCheck.verify(stored[i], plain[i]);
            }
          }
        }
      }
    }
    assertThat(deduplicated).isGreaterThan(4 * PROGRAMS);
  }

  @Test
  void keysThatAreAskedForWhileALoopGoesOnChangeNoLaterKey() {
    for (long seed = 0; seed < 3 * PROGRAMS; seed++) {
      List<LoopPrograms.Statement> program = new LoopPrograms(seed).program();
      LineageItem[] plain = LoopPrograms.execute(program, false);
      LineageItem[] stored = LoopPrograms.executeAsking(program, seed);
      for (int i = 0; i < plain.length; i++) {
        if (plain[i] != null) {
          assertThat(stored[i].height())
              .as("height in program %d, variable %d", seed, i)
              .isEqualTo(plain[i].height());
          assertThat(stored[i].key())
              .as("program %d, variable %d", seed, i)
              .isEqualTo(plain[i].key());
        }
      }
    }
  }
}
