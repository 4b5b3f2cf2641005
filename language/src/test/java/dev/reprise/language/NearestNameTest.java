package dev.reprise.language;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NearestNameTest {
  private static final List<String> NAMES =
      List.of("rowSums", "rowMeans", "colSums", "lambda", "matrix", "nrow", "ncol", "X");

  @ParameterizedTest
  @CsvSource({
    "rowsums, rowSums",
    "rowSum, rowSums",
    "lamdba, lambda",
    "lamda, lambda",
    "martix, matrix",
    "nrwo, nrow",
    "x, X"
  })
  void findsTheNameThatIsMeant(String misspelt, String meant) {
    assertThat(NearestName.of(misspelt, NAMES)).isEqualTo(meant);
  }

  @Test
  void offersNothingWhenNothingIsNear() {
    assertThat(NearestName.of("completelyDifferent", NAMES)).isNull();
    assertThat(NearestName.hint("qq", NAMES)).isNull();
  }

  @Test
  void equallyNearNamesAreOrderedByAlphabet() {
    assertThat(NearestName.of("ab2", List.of("ab3", "ab1"))).isEqualTo("ab1");
  }
}
