package dev.reprise.engine.worth;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Who is still asked for values after so many questions in vain. */
class AskingTest {
  @Test
  void whoAsksInVainForLongAsksForASampleUntilAValueComesAgain() {
    Asking asking = Asking.ofInstruction();
    for (int i = 0; i < 256; i++) {
      assertThat(asking.isForAll(20_000)).isTrue();
      asking.inVain();
    }
    assertThat(asking.isForAll(20_000)).isFalse();
    assertThat(asking.isForAll(100_000)).as("costs a hundred times as much").isTrue();
    asking.cameAgain();
    assertThat(asking.isForAll(20_000)).isTrue();
  }

  @Test
  void askingForACallOrBlockOfManyVariablesCostsMore() {
    Asking few = Asking.ofRegion(4);
    Asking many = Asking.ofRegion(80);
    for (int i = 0; i < 64; i++) {
      few.inVain();
      many.inVain();
    }
    assertThat(few.isForAll(1_000_000)).isTrue();
    assertThat(many.isForAll(1_000_000)).isFalse();
  }

  @Test
  void oneOfSixteenKeysIsSampled() {
    int sampled = 0;
    for (long key = 0; key < 1600; key++) {
      sampled += Asking.isSampled(key * 0x9E3779B97F4A7C15L) ? 1 : 0;
    }
    assertThat(sampled).isBetween(50, 150);
  }

  @Test
  void oneOfSixteenIterationsIsSampled() {
    int sampled = 0;
    for (long iteration = 0; iteration < 1600; iteration++) {
      sampled += Asking.isSampledIteration(iteration) ? 1 : 0;
    }
    assertThat(sampled).isBetween(50, 150);
  }

  @ParameterizedTest
  @ValueSource(ints = {10, 100, 300, 469, 938, 1000})
  void inALoopOfAnyPeriodSomeIterationAndTheSameOneOfTheNextPassAreSampled(int period) {
    int twice = 0;
    for (long iteration = 0; iteration < 2000; iteration++) {
      boolean both =
          Asking.isSampledIteration(iteration) && Asking.isSampledIteration(iteration + period);
      twice += both ? 1 : 0;
    }
    assertThat(twice).isBetween(2, 20);
  }

  @Test
  void carriedValuesAreAskedForUntilThatWasInVainForAFewAndOnceMoreWhenAValueComesAgain() {
    Asking asking = Asking.ofInstruction();
    for (int i = 0; i < 32; i++) {
      assertThat(asking.isForCarried(20_000)).isTrue();
      asking.inVain();
    }
    assertThat(asking.isForCarried(20_000)).isFalse();
    assertThat(asking.isForCarried(100_000)).as("costs a hundred times as much").isTrue();
    assertThat(asking.isForAll(20_000)).as("other values").isTrue();
    asking.cameAgain();
    assertThat(asking.isForCarried(20_000)).isTrue();
    asking.carriedCameAgain();
    for (int i = 0; i < 128 + 32; i++) {
      assertThat(asking.isForCarried(20_000)).isTrue();
      asking.inVain();
    }
    assertThat(asking.isForCarried(20_000)).isFalse();
  }
}
