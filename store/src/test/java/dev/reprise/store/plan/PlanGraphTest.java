package dev.reprise.store.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class PlanGraphTest {
  private final PlanGraph graph = new PlanGraph(2);

  @Test
  void aCostThatIsNoTimeIsRefused() {
    for (double seconds :
        new double[] {Double.NaN, -1e-9, Double.POSITIVE_INFINITY, 1e18, -Double.MAX_VALUE}) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> PlanGraph.nanos(seconds))
          .withMessageContaining("found " + seconds);
    }
    assertThat(PlanGraph.nanos(0)).isZero();
    assertThat(PlanGraph.nanos(1.5)).isEqualTo(1_500_000_000L);
    assertThat(PlanGraph.nanos(-0.0)).isZero();
  }

  @Test
  void aNegativeCostIsRefusedAndChangesNothing() {
    graph.add(3);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> graph.add(-1))
        .withMessageContaining("-1");
    assertThatIllegalArgumentException().isThrownBy(() -> graph.offer(0, 0, -5));
    assertThatIllegalArgumentException().isThrownBy(() -> graph.recost(0, Long.MIN_VALUE));
    assertThat(graph.size()).isEqualTo(1);
    assertThat(graph.computeNanos(0)).isEqualTo(3);
    assertThat(graph.cheapestTier(0)).isEqualTo(-1);
  }

  @Test
  void costsThatAddUpToTooMuchAreRefused() {
    graph.add(PlanGraph.LARGEST_TOTAL - 10);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> graph.add(11))
        .withMessageContaining("brings all costs to more than");
    assertThatIllegalArgumentException().isThrownBy(() -> graph.offer(0, 1, Long.MAX_VALUE));
    graph.offer(0, 1, 10);
    assertThatIllegalArgumentException().isThrownBy(() -> graph.add(1));
    graph.withdraw(0, 1);
    graph.add(10);
    graph.recost(0, 0);
    graph.add(PlanGraph.LARGEST_TOTAL - 10);
  }

  @Test
  void inputsComeFirstAndCountOnce() {
    int first = graph.add(1);
    int second = graph.add(1, first, first);
    assertThat(graph.inputs(second)).containsExactly(first);
    assertThatIllegalArgumentException().isThrownBy(() -> graph.add(1, 2));
    assertThatIllegalArgumentException().isThrownBy(() -> graph.add(1, -1));
    assertThat(graph.size()).isEqualTo(2);
  }

  @Test
  void whatDoesNotExistIsRefused() {
    graph.add(1);
    assertThatThrownBy(() -> graph.want(1)).isInstanceOf(IndexOutOfBoundsException.class);
    assertThatThrownBy(() -> graph.offer(0, 2, 1)).isInstanceOf(IndexOutOfBoundsException.class);
    assertThatThrownBy(() -> graph.loadNanos(-1)).isInstanceOf(IndexOutOfBoundsException.class);
    assertThatIllegalArgumentException().isThrownBy(() -> new PlanGraph(0));
  }

  @Test
  void wantsMayBeTakenBack() {
    for (int node = 0; node < 10; node++) {
      graph.want(graph.add(1));
      graph.want(node);
    }
    graph.unwant(3);
    graph.unwant(9);
    graph.unwant(3);
    assertThat(graph.wantedCount()).isEqualTo(8);
    assertThat(graph.isWanted(3)).isFalse();
    assertThat(graph.isWanted(0)).isTrue();
    graph.want(3);
    assertThat(graph.isWanted(3)).isTrue();
  }
}
