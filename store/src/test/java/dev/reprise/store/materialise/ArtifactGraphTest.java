package dev.reprise.store.materialise;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.reprise.lineage.Key;
import dev.reprise.store.plan.PlanGraph;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class ArtifactGraphTest {
  private static final int[] NONE = {};

  @Test
  void recreationCountsEveryAncestorOnce() {
    for (int seed = 0; seed < 300; seed++) {
      SplittableRandom random = new SplittableRandom(seed);
      RandomArtifacts made = new RandomArtifacts(random, 40);
      for (int change = 0; change < 5; change++) {
        for (int vertex = 0; vertex < 40; vertex++) {
          assertThat(made.graph.recreationNanos(vertex)).isEqualTo(made.recreation(vertex));
        }
        int vertex = random.nextInt(40);
        made.costs.set(vertex, random.nextLong(50));
        made.graph.recost(vertex, made.costs.get(vertex));
      }
    }
  }

  @Test
  void potentialIsTheBestModelThatWasMadeFromIt() {
    for (int seed = 0; seed < 300; seed++) {
      RandomArtifacts made = new RandomArtifacts(new SplittableRandom(seed), 30);
      double[] best = made.scores.clone();
      for (int vertex = 29; vertex >= 0; vertex--) {
        int from = vertex;
        made.ancestors(vertex).stream()
            .forEach(below -> best[below] = Math.max(best[below], made.scores[from]));
      }
      for (int vertex = 0; vertex < 30; vertex++) {
        assertThat(made.graph.potential(vertex)).isEqualTo(best[vertex]);
      }
    }
  }

  /** With many ancestors the cost is bounded: at most everything, at least the exact cost. */
  @Test
  void longLoopsOverSharedDataDoNotMultiplyTheData() {
    ArtifactGraph graph = new ArtifactGraph(RandomArtifacts.LOAD);
    int data = graph.add(new long[] {1000}, NONE, NONE);
    int last = data;
    for (int i = 0; i < 5000; i++) {
      last = graph.add(new long[] {1}, new int[] {last, data}, NONE);
    }
    assertThat(graph.recreationNanos(last)).isEqualTo(6000);
    for (int i = 0; i < 300; i++) {
      int left = graph.add(new long[] {1}, new int[] {last}, NONE);
      last = graph.add(new long[] {1}, new int[] {last, left}, NONE);
    }
    assertThat(graph.recreationNanos(last)).isEqualTo(6600);
  }

  @Test
  void costsAreWeightedByTheSharesOfDeviceClasses() {
    ArtifactGraph graph = new ArtifactGraph(RandomArtifacts.LOAD, 3, 1, 0);
    long unmeasured = ArtifactGraph.UNMEASURED;
    graph.add(new long[] {100, 20, 7}, NONE, NONE);
    graph.add(new long[] {unmeasured, 20, 7}, NONE, NONE);
    graph.add(new long[] {unmeasured, unmeasured, 7}, NONE, NONE);
    assertThat(graph.computeNanos(0)).isEqualTo(80);
    assertThat(graph.computeNanos(1)).isEqualTo(20);
    assertThat(graph.computeNanos(2)).isEqualTo(7);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> graph.add(new long[] {-1, -1, -1}, NONE, NONE));
    assertThatIllegalArgumentException().isThrownBy(() -> graph.add(new long[] {1}, NONE, NONE));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> graph.add(new long[] {-2, 1, 1}, NONE, NONE));
    assertThat(graph.size()).isEqualTo(3);
  }

  @Test
  void aChunkIsTheSameWhereverItIsMet() {
    ArtifactGraph graph = new ArtifactGraph(RandomArtifacts.LOAD);
    int chunk = graph.chunk(new Key(1, 2), 100);
    assertThat(graph.chunk(new Key(1, 2), 100)).isEqualTo(chunk);
    assertThat(graph.chunk(new Key(2, 2), 100)).isNotEqualTo(chunk);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> graph.chunk(new Key(1, 2), 101))
        .withMessageContaining("had 100 bytes, now it has 101");
    assertThatIllegalArgumentException().isThrownBy(() -> graph.ownChunk(-1));
    int vertex = graph.add(new long[] {1}, NONE, new int[] {chunk, chunk});
    assertThat(graph.firstChunk(vertex + 1) - graph.firstChunk(vertex)).isEqualTo(1);
    assertThat(graph.bytes(vertex)).isEqualTo(100);
  }

  @Test
  void numbersThatMeanNothingAreRefused() {
    ArtifactGraph graph = new ArtifactGraph(RandomArtifacts.LOAD);
    int vertex = graph.add(new long[] {1}, NONE, NONE);
    for (double bad : new double[] {Double.NaN, -0.5, Double.POSITIVE_INFINITY}) {
      assertThatIllegalArgumentException().isThrownBy(() -> graph.score(vertex, bad));
      assertThatIllegalArgumentException().isThrownBy(() -> graph.count(vertex, bad));
      assertThatIllegalArgumentException()
          .isThrownBy(() -> new ArtifactGraph(RandomArtifacts.LOAD, bad));
    }
    assertThatIllegalArgumentException()
        .isThrownBy(() -> graph.recost(vertex, 2 * PlanGraph.LARGEST_TOTAL));
    assertThatIllegalArgumentException().isThrownBy(() -> LoadCost.of(-1, 1));
    assertThatIllegalArgumentException().isThrownBy(() -> LoadCost.of(0, Double.NaN));
    assertThatIllegalArgumentException().isThrownBy(() -> new HeuristicMaterialiser(1.5));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new StorageAwareMaterialiser().select(graph, -1));
    assertThat(LoadCost.of(1000, 1e9).nanos(500)).isEqualTo(1500);
  }
}
