package dev.reprise.store;

import static dev.reprise.store.StoreFixture.facts;
import static dev.reprise.store.StoreFixture.key;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reprise.lineage.Key;
import dev.reprise.store.StoreFixture.Bytes;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Costs of values by classes of devices in a folder's graph. */
class DeviceCostsTest {
  private static final String CUDA = "cuda:NVIDIA H100 80GB HBM3";
  private static final int LARGE = 100_000;
  private static final long SECOND = 1_000_000_000L;

  @TempDir private Path folder;

  private ExperimentStore open() {
    return ExperimentStore.open(StoreConfig.of(folder.resolve("store")));
  }

  /** A run in which the operation of a value was measured. */
  private static void measure(ExperimentStore store, int value, String device, long nanos) {
    measure(store, value, new DeviceCost(device, 1, nanos));
  }

  private static void measure(ExperimentStore store, int value, DeviceCost cost) {
    try (RunLog log = store.begin(facts(), 1L << 30)) {
      List<Key> inputs = List.of(key(900 + value));
      log.seen(() -> List.of(new Vertex(key(value), "tsmm", inputs, cost.nanos(), 80, cost)));
      log.ended("finished", 0.1);
    }
  }

  private static MeasuredCosts costsOf(ExperimentStore store, int value) {
    return store.costsOf(List.of(key(value))).get(key(value));
  }

  @Test
  void eachClassHasItsOwnMeanWhichOneColdMeasurementDoesNotSpoil() {
    try (ExperimentStore store = open()) {
      // The first one compiled code.
      measure(store, 1, "cpu", 1_000);
      measure(store, 1, "cpu", 100);
      assertThat(costsOf(store, 1).byDevice()).containsExactly(new DeviceCost("cpu", 2, 100));
      measure(store, 1, "cpu", 112);
      assertThat(costsOf(store, 1).byDevice()).containsExactly(new DeviceCost("cpu", 3, 104));
      measure(store, 1, CUDA, 7);
      // So did another process; it counts as twice the mean.
      measure(store, 1, "cpu", 50_000);
      assertThat(costsOf(store, 1).byDevice())
          .containsExactly(new DeviceCost("cpu", 4, 130), new DeviceCost(CUDA, 1, 7));
      // What has become slower for good is learnt.
      for (int i = 0; i < 16; i++) {
        measure(store, 1, "cpu", 1_000);
      }
      assertThat(costsOf(store, 1).on("cpu")).isBetween(500L, 1_000L);
      // And with many measurements a single fast one no longer replaces all.
      measure(store, 1, "cpu", 1);
      assertThat(costsOf(store, 1).on("cpu")).isBetween(400L, 1_000L);
      assertThat(costsOf(store, 1).byDevice().getFirst().count()).isEqualTo(21);
      assertThat(costsOf(store, 1).leastNanos()).isEqualTo(1);
    }
  }

  @Test
  void whereAValueWasNeverMeasuredTheClassCountsOnWhichItIsKnownBest() {
    DeviceCost cpu = new DeviceCost("cpu", 3, 900);
    DeviceCost cuda = new DeviceCost(CUDA, 3, 20);
    DeviceCost opencl = new DeviceCost("opencl:pocl", 1, 5);
    MeasuredCosts costs = new MeasuredCosts(2, List.of(cpu, cuda, opencl));
    assertThat(costs.on("cpu")).isEqualTo(900);
    assertThat(costs.on("opencl:pocl")).isEqualTo(5);
    assertThat(costs.on("cuda:other")).isEqualTo(20);
    assertThat(costs.measuredOn("cuda:other")).isZero();
    assertThat(new MeasuredCosts(2, List.of()).on("cpu")).isEqualTo(2);
    assertThatThrownBy(() -> new DeviceCost("", 1, 1)).hasMessageContaining("1 to 128");
    assertThatThrownBy(() -> new DeviceCost("cpu", 0, 1)).hasMessageContaining("at least once");
    assertThat(DeviceCost.measured("cpu", -5).nanos()).isEqualTo(1);
    assertThat(DeviceCost.measured("cpu", Long.MAX_VALUE).nanos()).isEqualTo(DeviceCost.MOST);
  }

  @Test
  void aMeasurementThatComesLateAddsToAKnownValueAndToNoOther() {
    try (ExperimentStore store = open()) {
      try (RunLog log = store.begin(facts(), 1L << 30)) {
        log.seen(() -> List.of(new Vertex(key(1), "tsmm", List.of(), 9, 80)));
        log.measured(key(1), new DeviceCost(CUDA, 1, 40));
        log.measured(key(2), new DeviceCost(CUDA, 1, 40));
      }
      assertThat(costsOf(store, 1))
          .isEqualTo(new MeasuredCosts(9, List.of(new DeviceCost(CUDA, 1, 40))));
      assertThat(store.costsOf(List.of(key(1), key(2)))).containsOnlyKeys(key(1));
      measure(store, 3, "cpu", 60);
      measure(store, 3, CUDA, 20);
      measure(store, 3, CUDA, 20);
      assertThat(new Experiments(store).devices())
          .containsExactly(
              new Experiments.DeviceTotal("cpu", 1, 1, 60),
              new Experiments.DeviceTotal(CUDA, 2, 3, 80));
    }
  }

  @Test
  void costsGoWithTheirValues() {
    try (ExperimentStore store = open()) {
      measure(store, 1, "cpu", 60);
      measure(store, 2, "cpu", 60);
      store.trimGraph(new GraphRows(store.database()).bytes() - 100);
      assertThat(new Experiments(store).devices())
          .containsExactly(new Experiments.DeviceTotal("cpu", 1, 1, 60));
      store.trimGraph(0);
      assertThat(new Experiments(store).devices()).isEmpty();
    }
  }

  /**
   * The first value is dear on the processor, where it was met once, and cheap where it is computed
   * all the time; the second one costs the same everywhere.
   */
  private static void fill(ExperimentStore store) {
    measure(store, 1, "cpu", 2 * SECOND);
    measure(store, 1, new DeviceCost(CUDA, 99, SECOND / 100));
    measure(store, 2, "cpu", SECOND);
    try (RunLog log = store.begin(facts(), 1L << 30)) {
      log.offer(key(1), key(1), 2 * SECOND, new Bytes(LARGE, 1));
      log.offer(key(2), key(2), SECOND, new Bytes(LARGE, 2));
      log.ended("finished", 1);
    }
  }

  @Test
  void whatIsCheapWhereItIsComputedGoesFirst() {
    try (ExperimentStore store = open()) {
      fill(store);
      store.evictDownTo(LARGE);
      assertThat(store.find(key(1))).isNull();
      assertThat(store.find(key(2))).isNotNull();
    }
  }

  @ParameterizedTest
  @EnumSource(Materialisation.Method.class)
  void whatIsKeptFollowsTheClassesThatCompute(Materialisation.Method method) {
    try (ExperimentStore store = open()) {
      fill(store);
      new Materialisation(store).keepBest(method, LARGE);
      assertThat(store.find(key(1))).isNull();
      assertThat(store.find(key(2))).isNotNull();
    }
  }

  @Test
  void anArtifactThatIsTheOutcomeOfACallStandsForAllOfIt() {
    try (ExperimentStore store = open()) {
      measure(store, 1, "cpu", SECOND / 1000);
      measure(store, 2, "cpu", SECOND);
      try (RunLog log = store.begin(facts(), 1L << 30)) {
        log.offer(key(1), key(1), 9 * SECOND, new Bytes(LARGE, 1));
        log.offer(key(2), key(2), SECOND, new Bytes(LARGE, 2));
      }
      store.evictDownTo(LARGE);
      assertThat(store.find(key(1))).isNotNull();
      assertThat(store.find(key(2))).isNull();
    }
  }
}
