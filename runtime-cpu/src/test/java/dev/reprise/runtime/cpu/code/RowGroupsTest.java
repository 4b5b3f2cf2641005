package dev.reprise.runtime.cpu.code;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class RowGroupsTest {
  @Test
  void groupsAreFewAndOfAboutTheSameSize() {
    for (long rows = 1; rows <= 100; rows++) {
      RowGroups groups = RowGroups.of(rows);
      assertThat(groups.count()).isEqualTo((rows + 5) / 6);
      long next = 0;
      for (long group = 0; group < groups.count(); group++) {
        assertThat(groups.first(group)).isEqualTo(next);
        assertThat(groups.size(group)).isBetween(groups.size(0) - 1, groups.size(0)).isPositive();
        assertThat(groups.size(group) == groups.size(0))
            .isEqualTo(groups.larger() == 0 || group < groups.larger());
        next += groups.size(group);
      }
      assertThat(next).isEqualTo(rows);
      assertThat(groups.size(0)).isLessThanOrEqualTo(PanelSums.MOST_ROWS);
    }
  }
}
