package dev.reprise;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** Mistakes in calls of the searches: each is one message that says what was given. */
class SearchMistakesTest {
  private static void assertStops(String call, String message) {
    String script =
        """
        fit = function(Matrix[Double] X, Double lr) return (Matrix[Double] B) {
          B = t(colSums(X)) * lr
        }
        loss = function(Matrix[Double] X, Matrix[Double] B) return (Matrix[Double] l) {
          l = as.matrix(sum(X %*% B))
        }
        losses = function(Matrix[Double] X, Matrix[Double] y, Matrix[Double] B)
          return (Matrix[Double] l) {
          l = (y - X %*% B) ^ 2
        }
        X = rand(rows=5, cols=4, seed=1)
        y = X[, 1]
        [B, best] = CALL
        """
            .replace(
                "CALL",
                call.replace("MORE", "trainArgs=list(X=X, lr=0.1), predictArgs=list(X))")
                    .replace("WITH", "X=X, y=y, train=\"fit\", predict=\"loss\"")
                    .replace(
                        "BAND",
                        "X_train=X, y_train=y, X_val=X, y_val=y, train=\"fit\", predict=\"loss\""
                            + ", resource=\"lr\", R=4, eta=2, seed=1, verbose=FALSE"));
    assertThat(Scripts.failure(Scripts.config(), script)).as(call).hasMessageContaining(message);
  }

  @Test
  void valuesOfAGridAreColumns() {
    assertStops(
        "gridSearch(WITH, params=list(\"lr\"), paramValues=list(matrix(\"1 2 3\", 1, 3)), MORE",
        "gridSearch: the values of 'lr' must be a column, but are a matrix of 1 x 3");
    assertStops(
        "gridSearch(WITH, params=list(\"lr\"), paramValues=list(matrix(0, 0, 1)), MORE",
        "gridSearch: the values of 'lr' must be a column, but are a matrix of 0 x 1");
  }

  @Test
  void theLossOfAGridSearchIsOneNumber() {
    assertStops(
        "gridSearch(X=X, y=y, train=\"fit\", predict=\"lmPredict\", numB=4, params=list(\"lr\"),"
            + " paramValues=list(seq(1, 2)), trainArgs=list(X=X, lr=0.1), predictArgs=list(X),"
            + " verbose=FALSE)",
        "gridSearch: lmPredict must return the loss as one number, but returned a matrix of 5 x 1");
    assertStops(
        "gridSearch(X=X, y=y, train=\"lm\", predict=\"losses\", numB=4, params=list(\"reg\"),"
            + " paramValues=list(seq(1, 2)), cv=TRUE, cvk=5, verbose=FALSE)",
        "gridSearch: losses must return the loss as one number, but returned a matrix of 5 x 1");
  }

  @Test
  void aSearchNeedsHyperParameters() {
    assertStops(
        "gridSearch(WITH, params=list(), paramValues=list(), MORE",
        "gridSearch: params names no hyper-parameter");
    assertStops(
        "randomSearch(WITH, params=list(), ranges=matrix(0, 0, 2), MORE",
        "randomSearch: params names no hyper-parameter");
    assertStops(
        "hyperband(BAND, params=list(), paramRanges=matrix(0, 0, 2), MORE",
        "hyperband: params names no parameter");
  }

  @Test
  void boundsAreTheLeastAndThenTheLargestValue() {
    assertStops(
        "randomSearch(WITH, params=list(\"lr\"), ranges=matrix(\"2 1\", 1, 2), n=2, MORE",
        "randomSearch: each row of ranges is a least and a largest value");
    assertStops(
        "hyperband(BAND, params=list(\"lr\"), paramRanges=matrix(\"2 1\", 1, 2), MORE",
        "hyperband: each row of paramRanges is a lowest and a highest value");
  }

  @Test
  void aModelThatIsTooLargeNamesTheArgumentThatBoundsIt() {
    assertStops(
        "gridSearch(WITH, numB=2, params=list(\"lr\"), paramValues=list(seq(1, 3)), MORE",
        "gridSearch: a model of fit has 4 cells, but numB is 2");
    assertStops(
        "randomSearch(WITH, numB=2, params=list(\"lr\"), ranges=matrix(\"1 2\", 1, 2), n=2, MORE",
        "randomSearch: a model of fit has 4 cells, but numB is 2");
  }

  @Test
  void aSearchWhoseLossesAreNoNumbersHasNoBestModel() {
    assertStops(
        "gridSearch(WITH, params=list(\"lr\"), paramValues=list(matrix(NaN, 2, 1)), MORE",
        "gridSearch: no model has a loss that is a number");
    assertStops(
        "randomSearch(WITH, params=list(\"lr\"), ranges=matrix(\"1e300 1e308\", 1, 2), n=2,"
            + " trainArgs=list(X=X * 1e300 - 1e300, lr=0.1), predictArgs=list(X - X))",
        "randomSearch: no model has a loss that is a number");
  }
}
