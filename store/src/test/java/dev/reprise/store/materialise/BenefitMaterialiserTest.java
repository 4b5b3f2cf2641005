package dev.reprise.store.materialise;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.BitSet;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class BenefitMaterialiserTest {
  private static final int[] NONE = {};

  @Test
  void theOptimumIsThatOfAllSubsets() {
    for (int seed = 0; seed < 150; seed++) {
      SplittableRandom random = new SplittableRandom(seed);
      RandomArtifacts made = new RandomArtifacts(random, 8);
      Workload workload = made.workload(random);
      long budget = random.nextLong(60);
      double least = Double.POSITIVE_INFINITY;
      for (long bits = 0; bits < 1 << 8; bits++) {
        BitSet kept = BitSet.valueOf(new long[] {bits});
        if (made.bytes(kept) <= budget
            && kept.stream().allMatch(v -> made.chunks.get(v).length > 0)) {
          least = Math.min(least, workload.costNanos(made.graph, new Selection(kept, 0)));
        }
      }
      Selection optimum = new OptimalMaterialiser(workload).select(made.graph, budget);
      PublishedMaterialisersTest.check(made, optimum, budget);
      assertThat(workload.costNanos(made.graph, optimum)).as("seed %d", seed).isEqualTo(least);
    }
  }

  @Test
  void isNeverWorseThanThePublishedOnesAndMostlyOptimal() {
    int optimal = 0;
    int publishedOptimal = 0;
    int trials = 400;
    for (int seed = 0; seed < trials; seed++) {
      SplittableRandom random = new SplittableRandom(seed);
      RandomArtifacts made = new RandomArtifacts(random, 20);
      Workload workload =
          seed % 2 == 0 ? made.workload(random) : Workload.ofFrequencies(made.graph);
      long budget = random.nextLong(60);
      Selection ours = new BenefitMaterialiser(workload).select(made.graph, budget);
      PublishedMaterialisersTest.check(made, ours, budget);
      double cost = workload.costNanos(made.graph, ours);
      double published =
          Math.min(
              workload.costNanos(
                  made.graph, new HeuristicMaterialiser().select(made.graph, budget)),
              workload.costNanos(
                  made.graph, new StorageAwareMaterialiser().select(made.graph, budget)));
      double least =
          workload.costNanos(
              made.graph, new OptimalMaterialiser(workload).select(made.graph, budget));
      assertThat(cost).as("seed %d", seed).isBetween(least, published);
      optimal += cost == least ? 1 : 0;
      publishedOptimal += published == least ? 1 : 0;
    }
    assertThat(optimal).isGreaterThan(trials * 9 / 10).isGreaterThan(publishedOptimal);
  }

  /** On larger graphs, where no optimum can be had. */
  @Test
  void isNeverWorseThanThePublishedOnesOnLargerGraphs() {
    for (int seed = 0; seed < 15; seed++) {
      SplittableRandom random = new SplittableRandom(seed);
      RandomArtifacts made = new RandomArtifacts(random, 150);
      Workload workload = made.workload(random);
      long budget = random.nextLong(300);
      Selection ours = new BenefitMaterialiser(workload).select(made.graph, budget);
      PublishedMaterialisersTest.check(made, ours, budget);
      double cost = workload.costNanos(made.graph, ours);
      for (Materialiser method :
          new Materialiser[] {new HeuristicMaterialiser(), new StorageAwareMaterialiser()}) {
        assertThat(cost)
            .isLessThanOrEqualTo(workload.costNanos(made.graph, method.select(made.graph, budget)));
      }
      assertThat(new BenefitMaterialiser(workload).select(made.graph, budget)).isEqualTo(ours);
    }
  }

  /** Each branch alone saves its own nanosecond less loading: the join still needs the table. */
  @Test
  void bothBranchesOfAJoinAreSeenTogether() {
    ArtifactGraph graph = new ArtifactGraph(bytes -> bytes);
    int table = graph.add(new long[] {1000}, NONE, NONE);
    int left = graph.add(new long[] {1}, new int[] {table}, new int[] {graph.ownChunk(10)});
    int right = graph.add(new long[] {1}, new int[] {table}, new int[] {graph.ownChunk(10)});
    int join = graph.add(new long[] {1}, new int[] {left, right}, NONE);
    Workload workload = new Workload(List.of(new Workload.Request(1, List.of(join))));
    Selection selection = new BenefitMaterialiser(workload).select(graph, 20);
    assertThat(selection.kept().stream().toArray()).containsExactly(left, right);
    assertThat(workload.costNanos(graph, selection)).isEqualTo(21);
    assertThat(new BenefitMaterialiser(workload).select(graph, 19).kept().isEmpty()).isTrue();
  }

  /** The published utilities count the saving of a chain's end and of its middle. */
  @Test
  void whatAKeptArtifactMakesNeedlessIsNotKept() {
    ArtifactGraph graph = new ArtifactGraph(bytes -> bytes);
    int source = graph.add(new long[] {1000}, NONE, new int[] {graph.ownChunk(10)});
    int end = graph.add(new long[] {1}, new int[] {source}, new int[] {graph.ownChunk(10)});
    int other = graph.add(new long[] {500}, NONE, new int[] {graph.ownChunk(10)});
    for (int vertex : new int[] {source, end, other}) {
      graph.count(vertex, 1);
    }
    assertThat(new HeuristicMaterialiser().select(graph, 20).kept().stream().toArray())
        .containsExactly(source, end);
    Workload ends =
        new Workload(
            List.of(
                new Workload.Request(1, List.of(end)), new Workload.Request(1, List.of(other))));
    assertThat(new BenefitMaterialiser(ends).select(graph, 20).kept().stream().toArray())
        .containsExactly(end, other);
    assertThat(new BenefitMaterialiser(ends).select(graph, 30).bytes()).isEqualTo(20);
  }

  @Test
  void startsFromWhatWasKeptBefore() {
    for (int seed = 0; seed < 100; seed++) {
      SplittableRandom random = new SplittableRandom(seed);
      RandomArtifacts made = new RandomArtifacts(random, 30);
      Workload workload = made.workload(random);
      Selection before = new BenefitMaterialiser(workload).select(made.graph, 40);
      Selection after = new BenefitMaterialiser(workload, before, 0).select(made.graph, 40);
      assertThat(workload.costNanos(made.graph, after))
          .isLessThanOrEqualTo(workload.costNanos(made.graph, before));
      Selection smaller = new BenefitMaterialiser(workload, before, 100).select(made.graph, 15);
      PublishedMaterialisersTest.check(made, smaller, 15);
    }
  }

  @Test
  void theOptimumOfTooManyArtifactsIsRefused() {
    ArtifactGraph graph = new ArtifactGraph(bytes -> bytes);
    for (int vertex = 0; vertex < 25; vertex++) {
      graph.add(new long[] {1000}, NONE, new int[] {graph.ownChunk(10)});
      graph.count(vertex, 1);
    }
    Workload workload = Workload.ofFrequencies(graph);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new OptimalMaterialiser(workload).select(graph, 50))
        .withMessageContaining("25 artifacts");
    assertThat(new BenefitMaterialiser(workload).select(graph, 50).bytes()).isEqualTo(50);
  }

  @Test
  void anEmptyGraphKeepsNothing() {
    ArtifactGraph graph = new ArtifactGraph(RandomArtifacts.LOAD);
    Workload nothing = new Workload(List.of());
    for (Materialiser method :
        new Materialiser[] {
          new HeuristicMaterialiser(),
          new StorageAwareMaterialiser(),
          new BenefitMaterialiser(nothing),
          new OptimalMaterialiser(nothing)
        }) {
      assertThat(method.select(graph, 100)).isEqualTo(new Selection(new BitSet(), 0));
    }
  }
}
