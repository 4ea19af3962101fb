// How many terms must a gradient have to be more slope than noise? From its norms at two batch sizes.
//
// E ||g_B||^2 = ||G||^2 + tr(Sigma)/B for the mean g_B of B independent terms, G their expectation and Sigma their
// covariance. Norms at two batch sizes b < B along the same stretch give both (McCandlish, Kaplan, Amodei and the
// OpenAI Dota team 2018, appendix A.1), unbiased:
//
//     ||G||^2 = (B ||g_B||^2 - b ||g_b||^2)/(B - b)          tr(Sigma) = (||g_b||^2 - ||g_B||^2)/(1/b - 1/B)
//
// and the simple noise scale tr(Sigma)/||G||^2, the batch whose noise is as large as its slope: below it twice the
// batch is worth nearly twice the steps, far above it nothing. B may be the whole objective: 1/B = 0.
//
// The squared norms are averaged over m = 16 blocks of time (8 where the log is short), each of at least two
// measurements of either size and 2 autocorrelation times, so that the blocks count as independent. The ratio of the
// means of both estimates has Fieller's (1954) interval: all N for which the mean of tr(Sigma)_j - N ||G||^2_j over the
// blocks j differs from 0 by no more than Student's law with m - 1 degrees of freedom permits. Where ||G||^2 itself may
// be 0 it is open above. Blocks take in what the norms share (a slow course of the whole), so that it does not count as
// noise twice.
//
// The two sizes are in the records (batch_size beside gradient_norm, the two most frequent ones), or the smaller one is
// in the columns small_batch_gradient_norm and small_batch_size beside a gradient_norm of batch_size terms (0: of all).
#ifndef PERIGEE_DIAGNOSTICS_NOISE_SCALE_HPP
#define PERIGEE_DIAGNOSTICS_NOISE_SCALE_HPP

#include <perigee/lib/trajectory.hpp>

#include <string_view>

namespace perigee {

inline constexpr std::string_view small_batch_gradient_norm_column = "small_batch_gradient_norm";
inline constexpr std::string_view small_batch_size_column = "small_batch_size";

struct NoiseScale {
  double small_batch = not_measured;       // b, terms
  double big_batch = not_measured;         // B; infinite: the whole objective
  double squared_gradient = not_measured;  // ||G||^2, mean over the stretch; may come out negative
  double noise_trace = not_measured;       // tr(Sigma), likewise
  double scale = not_measured;             // tr(Sigma)/||G||^2, in terms; infinite where ||G||^2 is not positive
  double lower = not_measured;             // 95% interval of the scale; its upper end may be infinite
  double upper = not_measured;
  Index blocks = 0;  // m; 0: no two batch sizes, or too few measurements of one of them
  bool is_measured() const { return blocks > 0; }
};

/// From iteration `first` on. Records that stand for several rows of a long log mix the sizes and are left out.
/// O(records).
NoiseScale read_noise_scale(const Trajectory& trajectory, Index first);

}  // namespace perigee

#endif
