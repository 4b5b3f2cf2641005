package dev.reprise;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** Layers that see images, written to ONNX files and read again. */
class OnnxImageLayersTest extends OnnxScripts {
  /** One layer of each kind that sees images. */
  private static final String IMAGES =
      """
      model = list(
        list(layer="conv2d", W=r(3, 18, 1), b=r(3, 1, 2), C=2, Hin=6, Win=8, Hf=3, Wf=3, strideh=1, stridew=2, padh=1, padw=0),
        list(layer="batch_norm2d", gamma=r(3, 1, 3), beta=r(3, 1, 4), ema_mean=r(3, 1, 5), ema_var=abs(r(3, 1, 6)) + 0.5,
          C=3, Hin=6, Win=3, epsilon=0.001),
        list(layer="relu"),
        list(layer="max_pool2d", C=3, Hin=6, Win=3, Hf=2, Wf=2, strideh=2, stridew=1, padh=0, padw=0),
        list(layer="avg_pool2d", C=3, Hin=3, Win=2, Hf=2, Wf=2, strideh=1, stridew=1, padh=1, padw=0),
        list(layer="global_avg_pool2d", C=3, Hin=4, Win=1), list(layer="flatten"),
        list(layer="affine", W=r(3, 3, 7), b=r(1, 3, 8)), list(layer="softmax"))
      X = r(5, 96, 9)
      """;

  /** Borders, larger images, normalization of groups, scales, and products of images with gates. */
  private static final String PARTS =
      """
      model = list(
        list(layer="pad2d", C=2, Hin=3, Win=4, pad_top=1, pad_left=0, pad_bottom=2, pad_right=1, value=0.5),
        list(layer="conv2d_transpose", W=r(2, 36, 1), b=r(4, 1, 2), C=2, Hin=6, Win=5, Hf=3, Wf=3, strideh=2, stridew=1, padh=1, padw=0, out_padh=1, out_padw=0),
        list(layer="group_norm", gamma=r(4, 1, 3), beta=r(4, 1, 4), C=4, Hin=12, Win=7, groups=2, epsilon=0.01),
        list(layer="avg_pool2d_inside", C=4, Hin=12, Win=7, Hf=3, Wf=3, strideh=2, stridew=2, padh=1, padw=1),
        list(layer="group_norm", gamma=r(4, 1, 5), beta=r(4, 1, 6), C=4, Hin=6, Win=4, groups=4, epsilon=0.01),
        list(layer="conv2d_transpose_depthwise", W=r(2, 8, 7), b=r(2, 1, 8), C=4, Hin=6, Win=4, M=2, Hf=2, Wf=2, strideh=2, stridew=2, padh=0, padw=0, out_padh=0, out_padw=0),
        list(layer="upsample2d", C=2, Hin=12, Win=8, size_h=1, size_w=2), list(layer="scale_shift2d", gamma=r(2, 1, 9), beta=r(2, 1, 10), C=2, Hin=12, Win=16),
        list(layer="product", main=list(list(layer="global_avg_pool2d", C=2, Hin=12, Win=16), list(layer="sigmoid")), shortcut=list()),
        list(layer="product", main=list(list(layer="tanh"), list(layer="relu")), shortcut=list(list(layer="sigmoid"))),
        list(layer="flatten"), list(layer="affine", W=r(384, 3, 11), b=r(1, 3, 12)), list(layer="tanh"), list(layer="scale_shift1d", gamma=r(1, 3, 13), beta=r(1, 3, 14)))
      X = r(5, 24, 15)
      """;

  /** Layers without weights that change sizes, numbers and the order of them. */
  private static final String ORDERS =
      """
      model = list(
        list(layer="transpose", rows=20, cols=6, D=1, T=1), list(layer="flatten"), list(layer="scale_shift", factor=0.5, shift=0), list(layer="tanh"), list(layer="scale_shift", factor=1, shift=-0.25), list(layer="sigmoid"),
        list(layer="conv2d", W=r(4, 24, 1), b=r(4, 1, 2), C=6, Hin=4, Win=5, Hf=2, Wf=2, strideh=1, stridew=1, padh=1, padw=0), list(layer="transpose", rows=2, cols=2, D=20),
        list(layer="avg_pool2d_uneven", C=4, Hin=5, Win=4, Hf=3, Wf=2, strideh=2, stridew=1, pad_top=0, pad_left=1, pad_bottom=2, pad_right=0),
        list(layer="resize2d", C=4, Hin=3, Win=4, Hout=5, Wout=7, scale_h=1.75, scale_w=1.75, method="linear", places="half_pixel"), list(layer="scale_shift", factor=-2, shift=0.5),
        list(layer="resize2d", C=4, Hin=5, Win=7, Hout=3, Wout=2, scale_h=0.6, scale_w=0.29, method="cubic", places="align_corners"),
        list(layer="resize2d", C=4, Hin=3, Win=2, Hout=4, Wout=1, scale_h=1.5, scale_w=0.5, method="round_up", places="half_pixel"),
        list(layer="resize2d", C=4, Hin=4, Win=1, Hout=6, Wout=2, scale_h=1.5, scale_w=2, method="round", places="asymmetric"),
        list(layer="resize2d", C=4, Hin=6, Win=2, Hout=3, Wout=1, scale_h=0.5, scale_w=0.5, method="floor", places="pytorch_half_pixel"),
        list(layer="flatten"), list(layer="transpose", rows=3, cols=2, D=2), list(layer="flatten"), list(layer="each_step", D=4, main=list(list(layer="affine", W=r(4, 3, 3), b=r(1, 3, 4)), list(layer="tanh"), list(layer="scale_shift", factor=3, shift=1))))
      X = r(5, 120, 5)
      """;

  /** Which onnxruntime takes only in a node of its own. */
  @Test
  void paddingAsLargeAsTheWindowOfAMeanComputesTheSame() {
    assertThatWhatIsReadAgainComputesTheSame(
        """
        model = list(
          list(layer="pad2d", C=2, Hin=4, Win=4, pad_top=0, pad_left=3, pad_bottom=2, pad_right=0, value=0),
          list(layer="avg_pool2d", C=2, Hin=6, Win=7, Hf=2, Wf=2, strideh=1, stridew=2, padh=0, padw=0))
        X = r(5, 32, 5)
        """);
  }

  @Test
  void layersOfImagesComputeTheSame() {
    assertThatWhatIsReadAgainComputesTheSame(IMAGES);
  }

  @Test
  void bordersAndLargerImagesComputeTheSame() {
    assertThatWhatIsReadAgainComputesTheSame(PARTS);
  }

  @Test
  void imagesOfOtherSizesAndOrdersComputeTheSame() {
    assertThatWhatIsReadAgainComputesTheSame(ORDERS);
  }

  @Test
  void imagesAreFlattenedForAffineLayersAndRowsMadeImages() {
    String script =
        """
        model = list(list(layer="affine", W=matrix(seq(1, 64), 4, 16) / 64, b=matrix(0, 1, 16)),
          list(layer="conv2d", W=matrix(seq(1, 8), 2, 4) / 8, b=matrix(1, 2, 1), C=1, Hin=4, Win=4, Hf=2, Wf=2, strideh=2, stridew=2, padh=0, padw=0),
          list(layer="affine", W=matrix(seq(1, 16), 8, 2) / 16, b=matrix(0, 1, 2)))
        write(model, "mixed.onnx", format="onnx")
        again = read("mixed.onnx")
        X = matrix(seq(1, 8), 2, 4) / 8
        print(max(abs(net::forward(X, again) - net::forward(X, model))) + " " + length(again))
        """;
    assertThat(printed(script)).isEqualTo("0.0 4\n");
  }
}
