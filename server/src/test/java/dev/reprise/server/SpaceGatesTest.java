package dev.reprise.server;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** What one space may take of a server. */
class SpaceGatesTest {
  @Test
  void aSpaceThatIsFullKeepsNobodyElseOut() {
    SpaceGates gates = new SpaceGates(3);
    for (int i = 0; i < 3; i++) {
      assertThat(gates.enter(1)).isTrue();
    }
    assertThat(gates.enter(1)).isFalse();
    assertThat(gates.enter(2)).isTrue();
    gates.leave(1);
    assertThat(gates.enter(1)).isTrue();
    assertThat(gates.enter(1)).isFalse();
    assertThat(gates.changes(1)).isSameAs(gates.changes(1)).isNotSameAs(gates.changes(2));
  }
}
