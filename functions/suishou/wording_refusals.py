"""What every refusal's code says, in Chinese and in English.

In: nothing; a table. Values in braces come from the error and are codes, counts and limits, never
what somebody wrote. `{most}` is the limit under whichever name the error gives it (`wording.py`).
"""

from __future__ import annotations

from collections.abc import Mapping

REFUSALS: Mapping[str, tuple[str, str]] = {
    # The request itself
    "unreadable_body": ("提交的内容无法读取。", "The body cannot be read."),
    "unreadable_query": ("网址中的参数无法读取。", "The query cannot be read."),
    "body_not_object": ("提交的 JSON 必须是一个对象。", "The JSON body must be an object."),
    "unsupported_body": (
        "只接受 JSON、urlencoded 或 multipart 表单。",
        "Send JSON, urlencoded or multipart form data.",
    ),
    "body_too_large": ("提交的内容太大。", "The body is too large."),
    "too_many_fields": ("提交的字段太多，最多 {most} 个。", "Too many fields, at most {most}."),
    "bad_idempotency_key": (
        "重复提交标识最多 {most} 个可见字符。",
        "An idempotency key has at most {most} printable characters.",
    ),
    "key_reused": (
        "这个重复提交标识已用于另一份内容。",
        "This idempotency key was used before with another body.",
    ),
    "no_such_address": ("没有这个地址。", "There is nothing at this address."),
    "method_not_allowed": (
        "这个地址不接受这种请求方法。",
        "This address does not take that method.",
    ),
    "bad_cursor": (
        "翻页标记无效，请从第一页开始。",
        "Not a cursor of ours; begin at the first page.",
    ),
    "bad_limit": ("每页数量应为 1 到 {most}。", "The limit is 1 to {most}."),
    "bad_month": ("月份应写作 2026-05 的形式。", "A month is written like 2026-05."),
    "busy": ("系统繁忙，请稍后重试。", "The system is busy; try again in a moment."),
    "internal": (
        "系统出错，已记录，请稍后重试。",
        "Something failed on our side and was recorded.",
    ),
    # Who is asking
    "sign_in_first": ("请先登录。", "Sign in first."),
    "no_credential": ("请先登录。", "Sign in first."),
    "unknown_token": ("登录凭证无效。", "The credential is not valid."),
    "unknown_credential": ("登录凭证无效。", "The credential is not valid."),
    "expired_credential": ("登录凭证已过期。", "The credential has expired."),
    "revoked_credential": ("登录凭证已停用。", "The credential has been revoked."),
    "for_riders_only": ("只有上报人账号可以使用。", "Only for riders."),
    "for_staff_only": ("只有工作人员可以使用。", "Only for staff."),
    "staff_only": ("只有工作人员可以使用。", "Only for staff."),
    "for_admins_only": ("只有管理员可以使用。", "Only for administrators."),
    "admins_only": ("只有管理员可以使用。", "Only for administrators."),
    "reporters_only": ("只有上报人本人可以评价或撤回。", "Only for the reporter of the case."),
    "only_staff_enter_for_others": (
        "只有工作人员可以代他人上报。",
        "Only staff may enter a report for somebody else.",
    ),
    "not_your_case": ("这个事项不在您的职责范围内。", "This case is outside your posts."),
    "not_your_action": ("您的岗位不能进行这一步操作。", "Your post may not take this step."),
    "needs_another_person": (
        "这一步须由另一位工作人员办理。",
        "This step must be taken by another person.",
    ),
    "demonstration_only": (
        "演示项目不登记真实人员。正式使用前，请在 programme.yaml 里写 demonstration: false。",
        "A demonstration programme enrols no real people. For real use, write demonstration: false"
        " in programme.yaml.",
    ),
    "unknown_person": ("没有这个人员。", "No such person."),
    "already_enrolled": ("这个电话号码已登记。", "This telephone number is already enrolled."),
    # Fields of any kind
    "required": ("请填写此项。", "This is required."),
    "missing": ("请填写此项。", "This is required."),
    "not_text": ("此项应为文字。", "This must be text."),
    "not_a_list": ("此项应为列表。", "This must be a list."),
    "not_an_object": ("此项应为对象。", "This must be an object."),
    "not_a_number": ("此项应为数字。", "This must be a number."),
    "not_yes_or_no": ("此项应为“是”或“否”。", "This must be yes or no."),
    "not_allowed": ("此项的值不可用。", "This value cannot be taken."),
    "out_of_range": ("此项超出允许的范围。", "This is out of range."),
    "too_long": ("内容太长，最多 {most} 个字。", "Too long: at most {most} characters."),
    "too_many": ("数量太多，最多 {most} 个。", "Too many: at most {most}."),
    "bad_phone": ("电话号码无法识别。", "This is not a telephone number."),
    "unknown_scope": ("没有这个岗位范围。", "No such scope for this post."),
    "personal_data_found": (
        "文字中还有个人信息，请先处理。",
        "The text still holds personal data; take it out first.",
    ),
    # A report
    "unknown_category": (
        "没有这个类别，请从列表中选择。",
        "No such category; choose one of the list.",
    ),
    "kind_does_not_fit": ("事项类型与类别不符。", "The kind does not fit the category."),
    "unknown_severity": ("没有这个严重程度。", "No such severity."),
    "unknown_source": ("没有这个来源。", "No such source."),
    "unknown_crs": (
        "坐标系应为 wgs84、gcj02 或 bd09。",
        "The coordinate system is wgs84, gcj02 or bd09.",
    ),
    "bad_coordinate": ("坐标不正确。", "This is not a coordinate."),
    "not_a_coordinate": ("坐标不正确。", "This is not a coordinate."),
    "outside_county": (
        "位置在本县以外，请核对地图位置，或改填社区和附近的标志物。",
        "The place lies outside the county; check it, or give the community and a landmark.",
    ),
    "unknown_community": ("没有这个社区（村），请从列表中选择。", "No such community."),
    # Photos
    "not_a_photo": (
        "这不是照片，只接受 JPG、PNG 或 WebP。",
        "Not a photo: send JPEG, PNG or WebP.",
    ),
    "photo_heic": (
        "暂不支持 HEIC 照片，请在手机相机设置中选择“兼容性最佳”。",
        "HEIC is not taken; set your camera to the most compatible format.",
    ),
    "photo_damaged": ("照片已损坏，无法打开。", "The photo is damaged."),
    "photo_empty": ("照片是空文件。", "The photo is empty."),
    "photo_too_large": ("照片文件太大。", "The photo's file is too large."),
    "too_many_pixels": ("照片尺寸太大。", "The photo has too many pixels."),
    "too_many_photos": ("照片太多，最多 {most} 张。", "Too many photos: at most {most}."),
    "photo_erased": ("照片已删除。", "The photo was erased."),
    "photo_waiting": (
        "照片还在接收，请稍等片刻再试。",
        "The photo is still being received; try again in a moment.",
    ),
    "unknown_upload": (
        "上传地址不正确，请重新选择照片。",
        "This is not an upload of ours; choose the photo again.",
    ),
    "upload_expired": (
        "上传地址已过期，请重新选择照片。",
        "The upload's time is over; choose the photo again.",
    ),
    "not_a_count": ("应为 1 以上的整数。", "This is a whole number from 1."),
    "unknown_photo": ("没有这张照片，请重新上传。", "No such photo; upload it again."),
    "outside_photo": ("打码范围超出照片。", "The mask lies outside the photo."),
    "bad_mask": (
        "打码范围应为 [左, 上, 宽, 高] 四个整数。",
        "A mask is [left, top, width, height] in whole pixels.",
    ),
    # A case and its steps
    "unknown_case": ("没有这个事项。", "No such case."),
    "unknown_case_or_token": (
        "受理编号或查询码不正确。",
        "The case number or the tracking code is not right.",
    ),
    "unknown_action": ("没有这个操作。", "No such action."),
    "wrong_stage": (
        "事项已到其他环节，不能进行这一步。",
        "The case stands at another stage; this step cannot be taken now.",
    ),
    "changed_meanwhile": (
        "内容刚被他人修改，请刷新后再试。",
        "Somebody changed this meanwhile; reload.",
    ),
    "nothing_asked": ("没有待批准的申请。", "There is no open request."),
    "merge_into_itself": ("事项不能并入自身。", "A case cannot be merged into itself."),
    "merge_into_ended": ("要并入的事项已经终止。", "The case to merge into has ended."),
    "area_too_wide": ("请选择街道以下的区域。", "Choose an area at or below a street."),
    "unknown_area": ("没有这个区域。", "No such area."),
    "unknown_unit": ("没有这个单位。", "No such unit."),
    "unknown_reason": ("没有这个原因。", "No such reason."),
    "unknown_outcome": ("没有这种办理结果。", "No such outcome."),
    "not_a_time": ("时间格式不正确。", "This is not a time."),
    "time_without_offset": (
        "时间须带时区，如 +08:00。",
        "The time needs its offset, such as +08:00.",
    ),
    "time_is_past": ("时间已过。", "This time has passed."),
    "time_too_far": ("最多到 {days} 天以后。", "At most {days} days from now."),
    "too_late_to_reopen": (
        "结案已超过 {days} 天，不能重新办理，请重新上报。",
        "Closed more than {days} days ago; please report it anew.",
    ),
    "stale_draft": ("拟稿已有更新，请审核最新一稿。", "There is a newer draft; approve that one."),
    # Rewards
    "unknown_reward": ("没有这项兑换礼品。", "No such reward."),
    "not_for_points": (
        "绿色通道服务不用积分兑换，请按条件申请。",
        "A priority service is applied for, never bought with points.",
    ),
    "not_enough_points": (
        "积分不足：现有 {points} 分，需要 {price} 分。",
        "Not enough points: {points} of {price}.",
    ),
    "out_of_stock": ("已兑完。", "None left."),
    "unknown_redemption": ("没有这次兑换。", "No such redemption."),
    "already_handed_over": ("已经领取过了。", "This was handed over already."),
    # Stations, honours, builds
    "unknown_station": ("没有这个驿站。", "No such station."),
    "unknown_honour": ("没有这项荣誉。", "No such honour."),
    "unknown_round": ("没有这次评选。", "No such round."),
    "bad_period": (
        "周期应写作 2026-05、2026-Q2 或 2026。",
        "A period is written like 2026-05, 2026-Q2 or 2026.",
    ),
    "period_not_over": ("评选周期还没有结束。", "The period is not over yet."),
    "not_on_notice": (
        "这次评选还没有拟定，或者已经评定。",
        "This round is not proposed yet, or decided already.",
    ),
    "notice_not_over": (
        "公示期未满，{closes_on} 以后才能评定。",
        "The notice is not over; decide after {closes_on}.",
    ),
    "objections_open": (
        "还有 {count} 件异议没有处理。",
        "{count} objections are not settled.",
    ),
    "objection_upheld": (
        "有异议成立，请重新拟定并公示。",
        "An objection was upheld; propose the round anew.",
    ),
    "already_decided": ("这次评选已经评定。", "This round is decided."),
    "already_settled": ("这件异议已经处理。", "This objection is settled."),
    "unknown_objection": ("没有这件异议。", "No such objection."),
    "unknown_step": ("成长阶梯没有这一级。", "The ladder has no such step."),
    "bad_day": ("日期应写作 2026-05-03。", "A day is written like 2026-05-03."),
    "day_out_of_range": (
        "日期不能早于今天，也不能晚于 {days} 天以后。",
        "The day may not lie before today, nor more than {days} days ahead.",
    ),
    "unknown_rebuild": ("没有这次网站生成。", "No such build."),
    # Past cases, from a file
    "mapping_needed": ("请先写明类别怎样对应。", "Say first how the categories map."),
    "changed_since": ("这件事项已导入，且之后有改动。", "Loaded before, and changed since."),
    "time_is_future": ("时间在将来。", "This time lies in the future."),
    "reply_without_time": ("有答复而没有答复时间。", "There is a reply without its time."),
    "replied_before_reported": ("答复早于来信。", "Replied before it was reported."),
    # The machine's own folder
    "another_programme": (
        "数据目录属于另一个项目。",
        "The data folder belongs to another programme.",
    ),
    "damaged_data_folder": ("数据目录已损坏。", "The data folder is damaged."),
    "damaged_secret": ("数据目录的密钥已损坏。", "The data folder's secret is damaged."),
    # Moving between engines
    "no_export": ("这里没有导出的数据。", "There is no exported data here."),
    "folder_not_empty": ("文件夹不是空的。", "The folder is not empty."),
    "damaged_export": (
        "导出的文件 {file} 已损坏，没有写入数据表。",
        "The exported file {file} is damaged; no table was written.",
    ),
    "another_secret": (
        "目标系统的密钥与导出的不同：上报凭证会失效。请先把导出的密钥交给目标系统。",
        "The target has another secret, so tracking tokens would fail. Give it the exported one.",
    ),
    "target_not_empty": (
        "目标系统里已有别的数据，不能导入。",
        "The target holds other data already.",
    ),
    "written_meanwhile": (
        "导出期间数据有变动。请先停止系统，再导出到空文件夹。",
        "Data were written meanwhile. Stop the system, then export into an empty folder.",
    ),
    "import_differs": (
        "导入后核对不一致（{file}）。请停止系统后重新导入。",
        "Counts and sums differ after the import ({file}). Stop the system and import again.",
    ),
    # The command line
    "unknown_programme": (
        "没有这个项目，现有：{known}。",
        "No such programme; there are: {known}.",
    ),
    "programme_needed": (
        "请用 --programme 写明项目。",
        "Name the programme with --programme.",
    ),
    "unknown_stack": ("没有这个堆栈，或无权查看。", "No such stack, or none that you may see."),
    "no_data_folder": (
        "这里没有随手的数据文件夹。",
        "There is no data folder of Suishou here.",
    ),
    "bad_post": (
        "岗位应写作“职责:范围”，例如 community:城南社区。",
        "A post is written role:scope, such as community:360926001001.",
    ),
}
