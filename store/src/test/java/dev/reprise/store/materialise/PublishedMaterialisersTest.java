package dev.reprise.store.materialise;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.BitSet;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class PublishedMaterialisersTest {
  private static final int[] NONE = {};

  private final ArtifactGraph graph = new ArtifactGraph(RandomArtifacts.LOAD);

  private int artifact(long cost, double frequency, int... chunks) {
    int vertex = graph.add(new long[] {cost}, NONE, chunks);
    graph.count(vertex, frequency);
    return vertex;
  }

  /** Ratios 400, 150 and 50, no models. */
  @Test
  void theGreatestFrequencyTimesCostPerByteGoesFirst() {
    int often = artifact(500, 8, graph.ownChunk(10));
    int dear = artifact(3000, 1, graph.ownChunk(20));
    int seldom = artifact(500, 1, graph.ownChunk(10));
    HeuristicMaterialiser heuristic = new HeuristicMaterialiser();
    assertThat(heuristic.select(graph, 10).kept()).isEqualTo(set(often));
    assertThat(heuristic.select(graph, 29).kept()).isEqualTo(set(often, seldom));
    assertThat(heuristic.select(graph, 30).kept()).isEqualTo(set(often, dear));
    assertThat(heuristic.select(graph, 40).kept()).isEqualTo(set(often, dear, seldom));
    assertThat(heuristic.select(graph, 40).bytes()).isEqualTo(40);
    assertThat(heuristic.select(graph, 0).kept()).isEqualTo(set());
  }

  @Test
  void whatLoadsForAsMuchAsItIsRecreatedForIsNeverKept() {
    artifact(13, 100, graph.ownChunk(10));
    int cheaper = artifact(14, 1, graph.ownChunk(10));
    graph.score(0, 1);
    assertThat(new HeuristicMaterialiser().select(graph, 1000).kept()).isEqualTo(set(cheaper));
    assertThat(new StorageAwareMaterialiser().select(graph, 1000).kept()).isEqualTo(set(cheaper));
  }

  /** p is 1 and 0, rcs 0.25 and 0.75: equal at a third. */
  @Test
  void alphaWeighsModelsAgainstCosts() {
    int good = artifact(100, 1, graph.ownChunk(10));
    int dear = artifact(300, 1, graph.ownChunk(10));
    graph.score(good, 0.9);
    assertThat(new HeuristicMaterialiser().select(graph, 10).kept()).isEqualTo(set(good));
    assertThat(new HeuristicMaterialiser(0.34).select(graph, 10).kept()).isEqualTo(set(good));
    assertThat(new HeuristicMaterialiser(0.33).select(graph, 10).kept()).isEqualTo(set(dear));
    assertThat(new HeuristicMaterialiser(0).select(graph, 10).kept()).isEqualTo(set(dear));
  }

  /** Tables that share all columns but one. */
  @Test
  void sharedChunksLeaveRoomThatTheStorageAwareOneFills() {
    int base = graph.ownChunk(90);
    int[] tables = new int[4];
    for (int at = 0; at < 4; at++) {
      tables[at] = artifact(1000 - at, 1, base, graph.ownChunk(5));
    }
    assertThat(new HeuristicMaterialiser().select(graph, 110).kept()).isEqualTo(set(tables[0]));
    Selection aware = new StorageAwareMaterialiser().select(graph, 110);
    assertThat(aware.kept()).isEqualTo(set(tables));
    assertThat(aware.bytes()).isEqualTo(110);
  }

  @Test
  void neitherExceedsTheBudgetNorKeepsWhatCannotPay() {
    for (int seed = 0; seed < 1000; seed++) {
      SplittableRandom random = new SplittableRandom(seed);
      RandomArtifacts made = new RandomArtifacts(random, 40);
      long budget = random.nextLong(150);
      Selection heuristic = new HeuristicMaterialiser().select(made.graph, budget);
      Selection aware = new StorageAwareMaterialiser().select(made.graph, budget);
      check(made, heuristic, budget);
      check(made, aware, budget);
      assertThat(aware.kept().cardinality()).isGreaterThanOrEqualTo(heuristic.kept().cardinality());
    }
  }

  static void check(RandomArtifacts made, Selection selection, long budget) {
    assertThat(made.bytes(selection.kept()))
        .isEqualTo(selection.bytes())
        .isLessThanOrEqualTo(budget);
    selection.kept().stream()
        .forEach(vertex -> {
          long load = 3 + made.bytes(set(vertex));
          assertThat(load).isLessThan(made.recreation(vertex));
          assertThat(made.chunks.get(vertex)).isNotEmpty();
        });
  }

  /** Growing is linear: the graph is kept up to date while it is merged, run by run. */
  @Test
  void mergingRunsOneByOneIsMergingThemAtOnce() {
    ArtifactGraph stepwise = chainOfRuns(200, true);
    ArtifactGraph atOnce = chainOfRuns(200, false);
    for (long budget : new long[] {0, 500, 5000, 50_000, Long.MAX_VALUE}) {
      for (Materialiser method :
          new Materialiser[] {new HeuristicMaterialiser(), new StorageAwareMaterialiser()}) {
        assertThat(method.select(stepwise, budget)).isEqualTo(method.select(atOnce, budget));
      }
    }
  }

  private static ArtifactGraph chainOfRuns(int runs, boolean selectsBetween) {
    ArtifactGraph graph = new ArtifactGraph(RandomArtifacts.LOAD);
    SplittableRandom random = new SplittableRandom(7);
    graph.add(new long[] {10_000}, NONE, NONE);
    for (int run = 0; run < runs; run++) {
      int last = 0;
      for (int step = 0; step < 20; step++) {
        int input = random.nextInt(graph.size());
        last =
            graph.add(
                new long[] {random.nextInt(1000)},
                new int[] {last, input},
                new int[] {graph.ownChunk(random.nextInt(200))});
        graph.count(last, 1);
        graph.count(input, 1);
      }
      graph.score(last, random.nextDouble());
      graph.recost(random.nextInt(graph.size()), random.nextInt(1000));
      if (selectsBetween) {
        new HeuristicMaterialiser().select(graph, 1000);
      }
    }
    return graph;
  }

  @Test
  void theRankingIsByValueThenNumber() {
    SplittableRandom random = new SplittableRandom(3);
    Ranking ranking = new Ranking();
    double[] values = new double[5000];
    for (int at = 0; at < values.length; at++) {
      values[at] = random.nextInt(500);
      ranking.add(at, values[at]);
    }
    int last = -1;
    for (int at = 0; at < values.length; at++) {
      double greatest = ranking.greatest();
      int next = ranking.take();
      assertThat(values[next]).isEqualTo(greatest);
      if (last >= 0) {
        assertThat(values[next] < values[last] || values[next] == values[last] && next > last)
            .isTrue();
      }
      last = next;
    }
    assertThat(ranking.isEmpty()).isTrue();
  }

  private static BitSet set(int... vertices) {
    BitSet set = new BitSet();
    for (int vertex : vertices) {
      set.set(vertex);
    }
    return set;
  }
}
