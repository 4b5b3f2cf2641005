package dev.reprise;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Mistakes in networks that are lists of layers, and in their training, are told by their place.
 */
class SequentialMistakesTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          Y=y[1:3, ], model=model | sequentialTrain: X and Y must have the same number of rows, at least 1, but have 128 and 3
          Y=y, model=model, frozen=8 | sequentialTrain: of 7 layers the first 8 cannot be frozen
          Y=y, model=model, frozen=6 | sequentialTrain: after the first 6 layers, which are frozen, there is none with weights
          Y=y, model=list(list(layer="tanh")) | sequentialTrain: none of the layers has weights
          Y=y, model=list(list(layer="afine", W=r(256, 4, 1), b=r(1, 4, 1))) | sequential: layer 1 is of a kind that is not known: afine
          Y=y, model=model, patience=1 | sequentialTrain: patience needs X_val and Y_val
          Y=y, model=model, loss="l3" | sequentialTrain: loss must be cross_entropy, binary_cross_entropy, l2 or l1, but is l3
          Y=y, model=model, lr=NaN | sequentialTrain: lr, decay and max_norm must be finite, but are NaN, 1.0 and 0.0
          Y=y, model=model, batch_size=0 | sequentialTrain: batch_size and epochs must be at least 1 and patience at least 0
          Y=y, model=model, optimizer="adamax" | sequential_optim: optimizer must be sgd, momentum, nesterov, adagrad, rmsprop, adam or adamw, but is adamax
          Y=y, model=model, settings=list(beta3=1) | sequential_optim: beta3 is no setting of adam; did you mean beta2? adam takes beta1, beta2, epsilon
          Y=y, model=model, optimizer="momentum", settings=list(mu=0.8, momentun=0.9) | sequential_optim: momentun is no setting of momentum; did you mean mu? momentum takes mu, decay
          Y=y, model=model, optimizer="sgd", settings=list(wieght_decay=0.1) | sequential_optim: wieght_decay is no setting of sgd; did you mean decay? sgd takes decay
          Y=y, model=model, optimizer="adamw", settings=list(weight_decay=0.1) | sequential_optim: weight_decay is no setting of adamw; did you mean lambda?
          Y=y, model=model, settings=list(beta1=0.8, mu=0.8) | sequential_optim: mu is no setting of adam; other optimizers have it; adam takes beta1, beta2, epsilon
          Y=y, model=model, settings=list(lr=0.1, momentun=0.9) | sequential_optim: lr is no setting of adam; lr is an argument of its own
          Y=y, model=model, settings=list(qwertz=0.1) | sequential_optim: qwertz is no setting of adam; adam takes beta1, beta2, epsilon
          Y=y, model=model, settings=list(0.9) | sequential_optim: settings have names, as in list(epsilon=1e-6)
          Y=y, model=list(list(layer="affine", W=r(256, 4, 1), b=r(1, 4, 1)), list(layer="melu")) | sequential: layer 2 is of a kind that is not known: melu
          Y=y, model=list(list(layer="affine", W=r(256, 4, 1), b=r(1, 4, 1)), list(layer="embedding", embedding_dict=r(4, 1, 1))) | sequential_train: layer 1 (affine) has weights without a gradient: layer 2 (embedding) takes what comes from it as numbers of rows
          Y=y, model=list(list(layer="affine", W=r(256, 4, 1), b=r(1, 4, 1)), list(layer="residual", main=list(list(layer="embedding", embedding_dict=r(4, 1, 1))), shortcut=list(list(layer="embedding", embedding_dict=r(4, 1, 1))))) | sequential_train: layer 1 (affine) has weights without a gradient: layer 2 (residual) takes what comes from it as numbers of rows
          Y=y, model=list(list(layer="affine", W=r(256, 4, 1), b=r(1, 4, 1)), list(layer="each_step", D=1, main=list(list(layer="embedding", embedding_dict=r(4, 1, 1))))) | sequential_train: layer 1 (affine) has weights without a gradient: layer 2 (each_step) takes what comes from it as numbers of rows
          """)
  void mistakesSayWhatIsWrong(String arguments, String message) {
    assertThatThrownBy(() ->
            Scripts.output(
                SequentialNetworks.IMAGES + "[m, l] = sequentialTrain(X=X, " + arguments + ")"))
        .hasMessageContaining(message);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "model=list(layer='affine', W=X, b=X) | model is a list of layers, such as"
            + " list(list(layer=\"affine\"",
        "model=list(layer='relu') | but is a single layer; write list() around it",
        "base=list(layer='relu'), model=model | base is a list of layers",
        "model=list(list(layer='relu'), list(W=X)) | layer 2 of model has no element 'layer'",
        "model=list(list(X, X)) | layer 1 of model has no element 'layer'",
      },
      quoteCharacter = '`')
  void whatIsNoListOfLayersIsToldSo(String arguments, String message) {
    assertThat(
            Scripts.failure(
                Scripts.config(),
                SequentialNetworks.IMAGES
                    + "[m, l] = sequentialTrain(X=X, Y=y, "
                    + arguments.replace("'", "\"")
                    + ")"))
        .hasMessageContaining("sequentialTrain: ")
        .hasMessageContaining(message);
  }

  /** Of 81 columns; a bias that is a column, or of another width, is told by the layer's place. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "3, 1, 2 | 2 | (affine) puts out rows of 3 numbers, so its b must be 1 x 3, but is 3 x 1;"
            + " write t(b)",
        "1, 2, 2 | 2 | (affine) puts out rows of 3 numbers, so its b must be 1 x 3, but is 1 x 2",
        "4, 3, 2 | 2 | (affine) puts out rows of 3 numbers, so its b must be 1 x 3, but is 4 x 3",
        "4, 1, 2 | 2 | (affine) puts out rows of 3 numbers, so its b must be 1 x 3, but is 4 x 1",
      })
  void aBiasOfAnotherShapeIsToldByItsLayer(String bias, int place, String message) {
    for (String layer : new String[] {"relu, AFFINE", "relu, LOW"}) {
      String layers =
          layer
              .replace("relu", "list(layer=\"relu\")")
              .replace("AFFINE", "list(layer=\"affine\", W=r(5, 3, 1), b=r(BIAS))")
              .replace(
                  "LOW", "list(layer=\"low_rank_affine\", U=r(5, 2, 1), V=r(2, 3, 1), b=r(BIAS))")
              .replace("BIAS", bias);
      String script =
          """
          source("nn/sequential.dml") as net
          source("nn/sequential_train.dml") as train
          r = function(int rows, int cols, int seed) return (matrix[double] R) { R = rand(rows=rows, cols=cols, seed=seed) }
          X = r(4, 5, 9)
          """;
      String expected =
          "sequential: layer "
              + place
              + " "
              + (layer.endsWith("LOW")
                  ? message.replace("(affine)", "(low_rank_affine)")
                  : message);
      for (String call :
          new String[] {
            "out = net::forward(X, list(" + layers + "))",
            "[out, c, m] = train::forward(X, list(" + layers + "), 1)",
            "[m, l] = sequentialTrain(X=X, Y=r(4, 3, 2), model=list("
                + layers
                + "), loss=\"l2\", epochs=1)"
          }) {
        assertThat(Scripts.failure(Scripts.config(), script + call))
            .as(call)
            .hasMessageContaining(expected);
      }
    }
  }

  /** Of one output a row of numbers would make all pairs: a matrix instead of a column. */
  @Test
  void aBiasOfALayerWithOneOutputIsOneNumber() {
    String script =
        """
        source("nn/sequential.dml") as net
        X = rand(rows=4, cols=5, seed=9)
        W = rand(rows=5, cols=1, seed=1)
        out = net::forward(X, list(list(layer="affine", W=W, b=matrix(1, 1, WIDTH))))
        print(nrow(out) + " " + ncol(out))
        """;
    assertThat(Scripts.run(script.replace("WIDTH", "1")).output()).isEqualTo("4 1\n");
    assertThat(Scripts.failure(Scripts.config(), script.replace("WIDTH", "2")))
        .hasMessageContaining(
            "layer 1 (affine) puts out rows of 1 numbers, so its b must be 1 x 1");
  }

  /** The place counts layers that are frozen, and is that within the list that the layer is in. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "list(relu, list(layer='affine', W=r(9, 2, 1), b=r(1, 2, 2))) | layer 2 (affine) takes rows"
            + " of 9 numbers",
        "list(relu, relu, list(layer='low_rank_affine', U=r(9, 1, 1), V=r(1, 2, 1), b=r(1, 2, 2)))"
            + " | layer 3 (low_rank_affine) takes rows of 9 numbers",
        "list(list(layer='batch_norm1d', gamma=v, beta=v, ema_mean=v, ema_var=v, epsilon=0.1)) |"
            + " layer 1 (batch_norm1d) takes rows of 3 numbers",
        "list(relu, list(layer='layer_norm', gamma=v, beta=v, epsilon=0.1)) | layer 2 (layer_norm)"
            + " takes rows of 3",
        "list(relu, list(layer='rms_norm', gamma=v, epsilon=0.1)) | layer 2 (rms_norm) takes rows"
            + " of 3",
        "list(relu, list(layer='scale_shift1d', gamma=v, beta=v)) | layer 2 (scale_shift1d) takes"
            + " rows of 3",
        "list(relu, list(layer='prelu1d', alpha=v)) | layer 2 (prelu1d) takes rows of 3",
        "list(relu, list(layer='residual', shortcut=list(), main=list(relu, relu,"
            + " list(layer='affine', W=r(9, 2, 1), b=r(1, 2, 2))))) | layer 3 (affine) takes",
        "list(relu, list(layer='conv2d', W=r(1, 9, 1), b=r(1, 1, 1), C=1, Hin=9, Win=9, Hf=3, Wf=3,"
            + " strideh=1, stridew=1, padh=1, padw=1)) | layer 2 (conv2d) takes rows of 81 numbers",
        "list(relu, list(layer='batch_norm2d', gamma=one, beta=one, ema_mean=one, ema_var=one, C=1,"
            + " Hin=2, Win=3, epsilon=0.1)) | layer 2 (batch_norm2d) takes rows of 6 numbers",
        "list(relu, list(layer='max_pool2d', C=2, Hin=9, Win=9, Hf=3, Wf=3, strideh=1, stridew=1,"
            + " padh=1, padw=1)) | layer 2 (max_pool2d) takes rows of 162 numbers",
        "list(relu, list(layer='global_avg_pool2d', C=2, Hin=9, Win=9)) | layer 2"
            + " (global_avg_pool2d) takes rows of 162 numbers",
      },
      quoteCharacter = '`')
  void aLayerThatDoesNotFitIsToldByItsPlace(String layers, String message) {
    String script =
        SequentialNetworks.IMAGES
            + """
            relu = list(layer="relu")
            v = matrix(1, 1, 3)
            one = matrix(1, 1, 1)
            m = LAYERS
            """
                .replace("LAYERS", layers.replace("'", "\""));
    String gets = "as its weights and settings say, but gets rows of 256";
    for (String use :
        new String[] {"print(sum(net::forward(X, m)))", "[out, c, m] = train::forward(X, m)"}) {
      assertThat(Scripts.failure(Scripts.config(), script + use + "\nprint(length(m))"))
          .as(use)
          .hasMessageContaining("sequential: " + message)
          .hasMessageContaining(gets);
    }
  }

  @Test
  void thePlaceOfALayerCountsThoseThatAreFrozen() {
    String script =
        """
        relu = list(layer="relu")
        last = list(layer="affine", W=matrix(1, 9, 2), b=matrix(0, 1, 2))
        model = list(relu, relu, relu, last)
        [m, l] = sequentialTrain(X=matrix(1, 4, 3), Y=matrix(1, 4, 1), model=model, frozen=2)
        """;
    assertThat(Scripts.failure(Scripts.config(), script))
        .hasMessageContaining("layer 4 (affine) takes rows of 9 numbers")
        .hasMessageContaining("but gets rows of 3");
  }

  @ParameterizedTest
  @CsvSource({"0 1", "1 4", "1.5 2", "-1 1", "NaN 1"})
  void columnsThatThereAreNotAreAMistake(String index) {
    assertThatThrownBy(() ->
            Scripts.output(
                """
                source("nn/sequential.dml") as net
                X = matrix(1, 2, 3)
                print(sum(net::forward(X, list(list(layer="select", index=matrix("%s", 1, 2))))))
                """
                    .formatted(index)))
        .hasMessageContaining("sequential: layer 1 (select) takes columns from ");
  }

  /** Choices are made cell by cell: a column would be repeated, and its gradient is not one. */
  @ParameterizedTest
  @CsvSource({"2, 3, 3", "3, 1, 3", "3, 3, 2", "1, 3, 3"})
  void choicesBetweenDifferentWidthsAreAMistake(int condition, int main, int other) {
    String choice =
        """
        source("nn/sequential.dml") as net
        source("nn/sequential_train.dml") as train
        to = function(int k) return (list[unknown] layers) {
          layers = list(list(layer="affine", W=matrix(1, 3, k), b=matrix(0, 1, k)))
        }
        X = matrix(1, 2, 3)
        model = list(list(layer="where", condition=to(%d), main=to(%d), other=to(%d)))
        """
            .formatted(condition, main, other);
    String message =
        "sequential: where takes condition, main and other cell by cell, but they are 2x"
            + condition
            + ", 2x"
            + main
            + " and 2x"
            + other;
    assertThatThrownBy(() -> Scripts.output(choice + "print(sum(net::forward(X, model)))"))
        .hasMessageContaining(message);
    assertThatThrownBy(() ->
            Scripts.output(choice + "[out, cache, m] = train::forward(X, model)\nprint(sum(out))"))
        .hasMessageContaining(message);
  }

  /** Their loss would be 0, and nothing be learned from them. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          Y=y - 1 | classes are whole numbers from 1 on, but Y has 0.0 in row 2; add 1
          Y=y + 0.5 | but Y has 2.5 in row 1
          Y=y * NaN | but Y has NaN in row 1
          Y=y, X_val=X, Y_val=y - 1 | but Y_val has 0.0 in row 2
          Y=y + 1 | needs a score for each of 3 classes, but the model puts out 2 for each row
          Y=y, X_val=X, Y_val=y + 2 | needs a score for each of 4 classes, but the model puts out 2
          Y=matrix(1, 128, 1), base=model | needs a score for each of 2 classes, but the model puts out 1
          Y=y, loss="binary_cross_entropy" | binary_cross_entropy needs numbers from 0 to 1, but Y has others
          Y=cbind(y, y) - 1, base=model, loss="binary_cross_entropy" | pred and y must have the same shape, but are 64x1 and 64x2
          Y=y - 1, loss="binary_cross_entropy" | binary_cross_entropy is that of the sigmoid, but the last layer is log_softmax; leave that out
          Y=y, lr=-0.1 | must not be negative, but are -0.1, 1.0 and 0.0
          """)
  void classesThatTheModelDoesNotHaveAreAMistake(String arguments, String message) {
    assertThatThrownBy(() ->
            Scripts.output(
                SequentialNetworks.IMAGES
                    + """
                    head = list(list(layer="affine", W=r(2, 1, 20), b=r(1, 1, 30)))
                    if (IS_BASE) m = head else m = model
                    [trained, losses] = sequentialTrain(X=X, model=m, epochs=1, seed=3, ARGUMENTS)
                    """
                        .replace("ARGUMENTS", arguments)
                        .replace("IS_BASE", arguments.contains("base") ? "TRUE" : "FALSE")))
        .hasMessageContaining("sequentialTrain: ")
        .hasMessageContaining(message);
  }

  /** Its loss would stand still. */
  @ParameterizedTest
  @ValueSource(strings = {"softmax", "log_softmax"})
  void theSoftmaxOfOneScoreIsNotTrained(String last) {
    String script =
        SequentialNetworks.IMAGES
            + """
            one = list(list(layer="affine", W=r(256, 1, 1), b=matrix(0, 1, 1)), list(layer="LAST"))
            [trained, losses] = sequentialTrain(X=X, Y=y - 1, model=one, loss="binary_cross_entropy", epochs=2)
            """
                .replace("LAST", last);
    assertThatThrownBy(() -> Scripts.output(script))
        .hasMessageContaining(
            "sequentialTrain: binary_cross_entropy is that of the sigmoid, but the last layer is "
                + last
                + "; leave that out");
  }
}
