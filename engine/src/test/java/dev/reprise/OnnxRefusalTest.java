package dev.reprise;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is refused: models that layers cannot compute, and lists that are no networks. */
class OnnxRefusalTest extends OnnxScripts {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "broadcast | node \"y\" (Add) adds values of different sizes, [32] and [2, 4, 4]",
        "sums | (Add) adds values that are made of each other too often to be lists of layers",
        "linear | node \"y\" (Resize) takes pixels (linear, tf_crop_and_resize,",
        "rounded | node \"y\" (AveragePool) has padding that is not smaller than its window",
        "transposed | the output \"y\" does not begin with the number of examples; transpose it",
        "unknown | node \"y\" (Det) cannot be read; there are Abs, Add, And, ArgMax,",
        "resets | node \"y\" (GRU) resets outputs before they are multiplied with weights",
        "turned | node \"y\" (MatMul) multiplies from the wrong side",
        "lopsided | node \"y\" (Conv) has far more padding on one side",
        "misfit | node \"y\" (Conv) has filters of 1 channels in 3 groups, but gets images of 2"
      })
  void whatTheLayersCannotDoIsRefused(String name, String message) throws IOException {
    copy(name + ".onnx");
    assertThat(Scripts.failure(config(), "m = read(\"" + name + ".onnx\")\nprint(length(m))"))
        .hasMessageContaining(message);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "list(seq(1, 3)) | a network is a list of layers, but element 1 is a matrix",
        "list(list(layer=\"relu\")) | no layer tells how wide the input is",
        "list(list(layer=\"maxout\")) | layer 1 (maxout) cannot be written; there are abs, affine,",
        "list(list(layer=\"lstm\", W=matrix(1, 3, 7), b=matrix(1, 1, 7))) | layer 1 (lstm) needs a"
            + " W of D+M x 4*M, but has 3 x 7",
        "list(list(layer=\"lstm\", W=matrix(1, 3, 4), b=matrix(1, 1, 4))) | layer 1 (lstm) lacks"
            + " return_sequences, TRUE or FALSE",
        "list(list(layer=\"affine\", W=matrix(1, 2, 3), b=matrix(1, 1, 3)),"
            + " list(layer=\"embedding\", embedding_dict=matrix(1, 4, 2))) | layer 2 (embedding)"
            + " must be the first layer",
        "list(list(layer=\"each_step\", D=2, main=list(list(layer=\"last_step\", D=1)))) | layer 2"
            + " (last_step) cannot be written within each_step",
        "list(list(layer=\"affine\", W=matrix(1, 2, 3))) | layer 1 (affine) lacks the matrix b",
        "list(list(layer=\"affine\", W=matrix(1, 2, 3), b=matrix(1, 3, 1))) | needs a b of 1 x 3,"
            + " but has 3 x 1",
        "list(list(layer=\"affine\", W=matrix(1, 2, 3), b=matrix(1, 1, 3)), list(layer=\"affine\","
            + " W=matrix(1, 4, 1), b=matrix(1, 1, 1))) | layer 2 (affine) takes 4 numbers, but gets"
            + " 3",
        "list(list(layer=\"residual\", main=list(list(layer=\"relu\")))) | layer 1 (residual) lacks"
            + " the list of layers shortcut",
        "list(list(layer=\"residual\", main=list(list(layer=\"affine\", W=matrix(1, 2, 3),"
            + " b=matrix(1, 1, 3))), shortcut=list())) | has branches that make 3 and 2",
        "list(list(layer=\"conv2d_grouped\", W=matrix(1, 2, 4), b=matrix(1, 2, 1), C=2, Hin=4,"
            + " Win=4, Hf=2, Wf=2, strideh=1, stridew=1, padh=0, padw=0, groups=3, dilationh=1,"
            + " dilationw=1)) | has 3 groups, which do not divide C",
        "list(list(layer=\"affine\", W=matrix(\"1 -1e39\", 1, 2), b=matrix(0, 1, 2))) | layer 1 has"
            + " -1.0E39 in W, which is beyond floats of 4 bytes",
        "list(list(layer=\"transpose\", rows=2, cols=3, D=1)) | takes rows whose width no layer"
            + " tells",
        "list(list(layer=\"transpose\", rows=2, cols=3, D=1, T=2), list(layer=\"transpose\","
            + " rows=5, cols=2, D=1)) | takes matrices of 5 x 2 x 1 numbers, but gets 12",
        "list(list(layer=\"resize2d\", C=1, Hin=4, Win=4, Hout=9, Wout=8, scale_h=2, scale_w=2,"
            + " method=\"linear\", places=\"half_pixel\")) | has factors of 2.0 and 2.0, which do"
            + " not make Hout x Wout",
        "list(list(layer=\"resize2d\", C=1, Hin=4, Win=4, Hout=8, Wout=8, scale_h=2, scale_w=2,"
            + " method=\"bilinear\", places=\"half_pixel\")) | layer 1 (resize2d) has the method"
            + " \"bilinear\", but there are [linear, cubic, floor, round, round_up]",
        "list(list(layer=\"resize2d\", C=1, Hin=4, Win=4, Hout=8, Wout=8, scale_h=2, scale_w=2,"
            + " method=\"linear\", places=\"halfpixel\")) | layer 1 (resize2d) has the places"
            + " \"halfpixel\", but there are [half_pixel, pytorch_half_pixel, align_corners,",
        "list(list(layer=\"avg_pool2d_uneven\", C=1, Hin=4, Win=4, Hf=2, Wf=2, strideh=2,"
            + " stridew=2, pad_top=0, pad_left=0, pad_bottom=2, pad_right=0)) | has padding that is"
            + " not smaller",
        "list(list(layer=\"reduce\", method=\"median\", groups=1, D=1, T=3)) | layer 1 (reduce) has"
            + " the method \"median\", but there are mean, sum, max, min, norm, index_max and index_min",
        "list(list(layer=\"reduce\", method=\"mean\", groups=1, D=1)) | takes rows whose width no"
            + " layer tells",
        "list(list(layer=\"select\", index=matrix(4, 1, 1), D=3)) | layer 1 (select) takes column"
            + " 4.0 of 3",
        "list(list(layer=\"affine\", W=matrix(1, 2, 2), b=matrix(0, 1, 2)),"
            + " list(layer=\"constant\", value=matrix(1, 1, 2)), list(layer=\"relu\")) | layer 2"
            + " (constant) can be written as the last layer of a branch alone",
        "list(list(layer=\"affine\", W=matrix(1, 2, 2), b=matrix(0, 1, 2)), list(layer=\"concat\","
            + " branch1=list(), branch2=list(list(layer=\"constant\", value=matrix(1, 1, 2)),"
            + " list(layer=\"relu\")))) | layer 3 (constant) can be written as the last layer of a",
        "list(list(layer=\"affine\", W=matrix(1, 2, 2), b=matrix(0, 1, 2)),"
            + " list(layer=\"constant\", value=matrix(1, 1, 2))) | layer 2 (constant) can be"
            + " written as the last layer of a",
        "list(list(layer=\"attention\", query=list(), key=list(), value=list(), heads=3, D=4,"
            + " causal=TRUE)) | layer 1 (attention) has steps of 4 numbers, which are not those of"
            + " 3 heads",
        "list(list(layer=\"attention\", query=list(), key=list(), value=list(), heads=2, D=4,"
            + " causal=TRUE)) | layer 1 (attention) has branches of a size that no layer tells",
        "list(list(layer=\"lstm\", W=matrix(1, 6, 16), b=matrix(1, 1, 16), return_sequences=TRUE),"
            + " list(layer=\"attention\", query=list(), key=list(), value=list(), heads=2, D=4,"
            + " causal=TRUE)) | layer 2 (attention) is causal over steps whose number no layer"
            + " tells",
        "list(list(layer=\"fill\", number=1)) | layer 1 (fill) can be written as all of"
            + " condition, main or other of where alone",
        "list(list(layer=\"top_k\", k=1, method=\"largest\", gives=\"values\")) | layer 1 (top_k) takes"
            + " 1 of rows whose width no layer tells",
        "list(list(layer=\"affine\", W=matrix(1, 2, 2), b=matrix(0, 1, 2)), list(layer=\"top_k\", k=1,"
            + " method=\"most\", gives=\"values\")) | layer 2 (top_k) has the method \"most\", but there",
        "list(list(layer=\"affine\", W=matrix(1, 2, 2), b=matrix(0, 1, 2)), list(layer=\"compare\","
            + " operator=\"~\", number=0)) | layer 2 (compare) has the operator \"~\", but there are >",
        "list(list(layer=\"matmul\", left=list(), right=list(), groups=1, rows=2, inner=3, cols=4)) |"
            + " layer 1 (matmul) takes 1 x 3 x 4 numbers from right, but gets 6",
        "list(list(layer=\"affine\", W=matrix(1, 4, 4), b=matrix(0, 1, 4)), list(layer=\"attention\","
            + " query=list(), key=list(), value=list(), heads=1, D=2, causal=FALSE, mask=matrix(0, 3, 2)))"
            + " | layer 2 (attention) has a mask of 3 x 2 for 2 x 2 steps",
        "list(list(layer=\"max_pool2d\", C=1)) | layer 1 (max_pool2d) lacks the number Hin"
      })
  void aListThatIsNoNetworkIsRefusedAndNothingWritten(String list, String message) {
    assertThat(Scripts.failure(config(), "write(" + list + ", \"m.onnx\", format=\"onnx\")"))
        .hasMessageContaining(message);
    assertThat(folder.resolve("m.onnx")).doesNotExist();
  }
}
